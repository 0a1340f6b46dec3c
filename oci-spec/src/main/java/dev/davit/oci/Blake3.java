package dev.davit.oci;

import java.security.MessageDigest;

/**
 * BLAKE3, where a library for it is at hand. Nothing else may name {@link Blake3BouncyCastle}, so that all else works
 * without.
 */
final class Blake3 {
    private Blake3() {}

    /** {@return whether the library is there} */
    static boolean isPresent() {
        return Presence.PRESENT;
    }

    /** {@return a new hash of 256 bits; only where {@link #isPresent}} */
    static MessageDigest newMessageDigest() {
        return Blake3BouncyCastle.newMessageDigest();
    }

    /** Asked once, and only by those who meet such a digest. */
    private static final class Presence {
        private static final boolean PRESENT = probe();

        private static boolean probe() {
            try {
                return Blake3BouncyCastle.newMessageDigest().getDigestLength() == 32;
            } catch (LinkageError e) {
                return false;
            }
        }
    }
}
