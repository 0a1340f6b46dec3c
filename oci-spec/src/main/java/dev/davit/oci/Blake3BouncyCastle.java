package dev.davit.oci;

import java.security.MessageDigest;
import org.bouncycastle.jcajce.provider.digest.Blake3.Blake3_256;

/** The only class that touches Bouncy Castle, whose provider need not be installed for it. */
final class Blake3BouncyCastle {
    private Blake3BouncyCastle() {}

    static MessageDigest newMessageDigest() {
        return new Blake3_256();
    }
}
