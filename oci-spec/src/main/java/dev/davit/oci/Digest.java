package dev.davit.oci;

import dev.davit.oci.internal.Text;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The content address of some bytes: {@code sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b}.
 *
 * <p>A digest of an algorithm that Davit does not know is carried and compared like any other; only verification
 * refuses it. Immutable and safe to share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests">image-spec,
 *     descriptor.md, "Digests"</a>
 */
public final class Digest {
    private static final String BLAKE3 = "blake3";
    private static final int MAX_LENGTH = 512;

    private final String algorithm;
    private final String encoded;

    private Digest(String algorithm, String encoded) {
        this.algorithm = algorithm;
        this.encoded = encoded;
    }

    /**
     * Parses {@code algorithm:encoded}. For sha256, sha384, sha512 and blake3 the encoded part must be lower-case hex of
     * the exact length. At most 512 characters.
     *
     * @param text the digest as text
     * @return the digest
     * @throws MalformedContentException if the text is no digest
     */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0 || text.length() > MAX_LENGTH) {
            throw malformed(text, "algorithm:encoded");
        }
        String algorithm = text.substring(0, colon);
        String encoded = text.substring(colon + 1);
        if (!isAlgorithm(algorithm) || !isEncoded(encoded)) {
            throw malformed(text, "algorithm:encoded");
        }
        int length = registeredLength(algorithm);
        if (length > 0 && (encoded.length() != length || !isLowerHex(encoded))) {
            throw malformed(text, algorithm + ":<" + length + " lower-case hex digits>");
        }
        return new Digest(algorithm, encoded);
    }

    /** Lower-case letters and digits, in parts with one separator between them. */
    private static boolean isAlgorithm(String text) {
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isLowerCase(c) || isDigit(c)) {
                inside = true;
            } else if (inside && "+._-".indexOf(c) >= 0) {
                inside = false;
            } else {
                return false;
            }
        }
        return inside;
    }

    private static boolean isEncoded(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLowerCase(c) && !isDigit(c) && !(c >= 'A' && c <= 'Z') && "=_-".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isLowerHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isDigit(c) && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLowerCase(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /**
     * Computes the SHA-256 digest of some bytes.
     *
     * @param content the bytes
     * @return their digest
     */
    public static Digest sha256(byte[] content) {
        Digester digester = Digester.sha256();
        digester.update(content, 0, content.length);
        return digester.digest();
    }

    static Digest of(String algorithm, byte[] hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash));
    }

    /** {@return the algorithm identifier, for example {@code sha256}} */
    public String algorithm() {
        return algorithm;
    }

    /** {@return the part after the colon: for the registered algorithms, lower-case hex} */
    public String encoded() {
        return encoded;
    }

    /**
     * {@return whether digests of this algorithm can be computed: sha256, sha384 and sha512, and blake3 where the
     * library {@code org.bouncycastle:bcprov-jdk18on} is present}
     */
    public boolean isVerifiable() {
        return switch (algorithm) {
            case "sha256", "sha384", "sha512" -> true;
            case BLAKE3 -> Blake3.isPresent();
            default -> false;
        };
    }

    /**
     * Starts a computation of this digest's algorithm.
     *
     * @return a new digester
     * @throws IntegrityException if the algorithm is not one that can be verified
     */
    public Digester newDigester() {
        if (!isVerifiable()) {
            throw new IntegrityException(
                    "digest " + Text.plain(toString()),
                    "an algorithm that can be verified (sha256, sha384, sha512, blake3)",
                    algorithm.equals(BLAKE3)
                            ? "blake3 without the library org.bouncycastle:bcprov-jdk18on"
                            : Text.plain(algorithm));
        }
        return new Digester(algorithm);
    }

    /**
     * Tells whether some bytes have this digest.
     *
     * @param content the bytes
     * @return whether they do
     * @throws IntegrityException if the algorithm is not one that can be verified
     */
    public boolean matches(byte[] content) {
        Digester digester = newDigester();
        digester.update(content, 0, content.length);
        return digester.digest().equals(this);
    }

    /** {@return the digest as {@code algorithm:encoded}} */
    @Override
    public String toString() {
        return algorithm + ':' + encoded;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest d && d.encoded.equals(encoded) && d.algorithm.equals(algorithm);
    }

    @Override
    public int hashCode() {
        return encoded.hashCode();
    }

    private static int registeredLength(String algorithm) {
        return switch (algorithm) {
            case "sha256", BLAKE3 -> 64;
            case "sha384" -> 96;
            case "sha512" -> 128;
            default -> 0;
        };
    }

    private static MalformedContentException malformed(String text, String expected) {
        return new MalformedContentException("digest: expected " + expected + ", got " + Text.quote(text));
    }

    /** An implementation of an algorithm that {@link #isVerifiable} accepts. */
    static MessageDigest messageDigest(String algorithm) {
        if (algorithm.equals(BLAKE3)) {
            return Blake3.newMessageDigest();
        }
        try {
            return MessageDigest.getInstance("SHA-" + algorithm.substring("sha".length()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
