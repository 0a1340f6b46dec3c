package dev.davit.oci;

import dev.davit.oci.internal.Text;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

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
    private static final Pattern ALGORITHM = Pattern.compile("[a-z0-9]+(?:[+._-][a-z0-9]+)*");
    private static final Pattern ENCODED = Pattern.compile("[a-zA-Z0-9=_-]+");
    private static final Pattern LOWER_HEX = Pattern.compile("[a-f0-9]+");
    private static final int MAX_LENGTH = 512;

    private final String algorithm;
    private final String encoded;

    private Digest(String algorithm, String encoded) {
        this.algorithm = algorithm;
        this.encoded = encoded;
    }

    /**
     * Parses {@code algorithm:encoded}. For a registered algorithm the encoded part must be lower-case hex of the exact
     * length.
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
        if (!ALGORITHM.matcher(algorithm).matches() || !ENCODED.matcher(encoded).matches()) {
            throw malformed(text, "algorithm:encoded");
        }
        int length = registeredLength(algorithm);
        if (length > 0
                && (encoded.length() != length || !LOWER_HEX.matcher(encoded).matches())) {
            throw malformed(text, algorithm + ":<" + length + " lower-case hex digits>");
        }
        return new Digest(algorithm, encoded);
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

    /** {@return whether digests of this algorithm can be computed: sha256 and sha512} */
    public boolean isVerifiable() {
        return algorithm.equals("sha256") || algorithm.equals("sha512");
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
                    "an algorithm that can be verified (sha256, sha512)",
                    algorithm);
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
            case "sha256", "blake3" -> 64;
            case "sha512" -> 128;
            default -> 0;
        };
    }

    private static MalformedContentException malformed(String text, String expected) {
        return new MalformedContentException("digest: expected " + expected + ", got " + Text.quote(text));
    }

    /** The JDK's implementation of an algorithm that {@link #isVerifiable} accepts. */
    static MessageDigest messageDigest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
