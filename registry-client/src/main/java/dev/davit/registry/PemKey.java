package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Private keys in PEM. Java reads PKCS#8 alone; the older forms lack what goes round them there. */
final class PemKey {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    /** AlgorithmIdentifier of rsaEncryption: its OID and NULL. */
    private static final byte[] RSA = hex("06092a864886f70d0101010500");
    /** The OID of ecPublicKey; the curve follows. */
    private static final byte[] EC = hex("06072a8648ce3d0201");

    private static final byte[] VERSION_0 = hex("020100");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xa0;

    private PemKey() {}

    /**
     * Reads the first private key of a file.
     *
     * @throws MalformedContentException if there is none that can be used; nothing of the file is in the message
     */
    static PrivateKey read(Path file) {
        Matcher block = BLOCK.matcher(new String(LocalFiles.read(file), StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw malformed(file, "a private key in PEM, got none");
        }
        String kind = block.group(1);
        if (kind.startsWith("ENCRYPTED") || block.group(2).contains("ENCRYPTED")) {
            throw malformed(file, "a private key that is not encrypted, or a PKCS#12 file, got an encrypted one");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(block.group(2).strip());
            PrivateKey key = parse(
                    switch (kind) {
                        case "PRIVATE KEY" -> der;
                        case "RSA PRIVATE KEY" -> wrapped(RSA, der);
                        case "EC PRIVATE KEY" -> wrapped(concat(EC, curve(der)), der);
                        default -> new byte[0];
                    });
            if (key != null) {
                return key;
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // the same as a key that nobody can read
        }
        throw malformed(file, "a private key of RSA, EC or EdDSA, got something else");
    }

    private static MalformedContentException malformed(Path file, String expected) {
        return new MalformedContentException(file + ": expected " + expected);
    }

    private static @Nullable PrivateKey parse(byte[] pkcs8) {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // perhaps of another kind
            }
        }
        return null;
    }

    /** {@return whether what one key signs, the other verifies} */
    static boolean belongs(PrivateKey key, PublicKey certified) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] message = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** {@return PrivateKeyInfo of RFC 5208} */
    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, concat(concat(VERSION_0, element(SEQUENCE, algorithm)), element(OCTETS, key)));
    }

    /** {@return the OID of the curve, which RFC 5915 has behind the key: {@code [0]} after version and octets} */
    private static byte[] curve(byte[] key) {
        int at = content(key, 0);
        for (int skipped = 0; skipped < 2; skipped++) {
            at = content(key, at) + length(key, at);
        }
        if ((key[at] & 0xff) != PARAMETERS) {
            throw new IllegalArgumentException("a key without its curve");
        }
        int from = content(key, at);
        return java.util.Arrays.copyOfRange(key, from, from + length(key, at));
    }

    /** {@return where the content of an element begins} */
    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = at + 2; i < content(der, at); i++) {
            length = length << 8 | (der[i] & 0xff);
        }
        if (length < 0 || length > der.length) {
            throw new IllegalArgumentException("an element longer than the key");
        }
        return length;
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    private static byte[] hex(String text) {
        return java.util.HexFormat.of().parseHex(text);
    }
}
