package dev.davit.image.internal.tar;

import dev.davit.image.internal.Names;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Finds the extended attributes of an entry in PAX records, where two families of tools put them under other keys. */
final class Xattrs {
    /** What libarchive writes, beside the other one or alone: the name percent-encoded, the value in Base64. */
    private static final String LIBARCHIVE = "LIBARCHIVE.xattr.";

    private Xattrs() {}

    /** {@return values by name, of which those of the entry itself replace those of all entries} */
    static Map<String, byte[]> of(Map<String, byte[]> global, Map<String, byte[]> local) {
        Map<String, byte[]> xattrs = new TreeMap<>();
        collect(global, xattrs);
        collect(local, xattrs);
        return xattrs;
    }

    private static void collect(Map<String, byte[]> records, Map<String, byte[]> xattrs) {
        records.forEach((key, value) -> {
            // libarchive first, whatever the order: where there are both, the one that is not encoded counts
            if (key.startsWith(LIBARCHIVE) && key.length() > LIBARCHIVE.length()) {
                xattrs.put(decodeName(key), decodeValue(key, value));
            }
        });
        records.forEach((key, value) -> {
            if (key.startsWith(TarFormat.XATTR) && key.length() > TarFormat.XATTR.length()) {
                String name = key.substring(TarFormat.XATTR.length());
                // libarchive encodes the name in both keys, though nobody else does in this one
                String encoded = LIBARCHIVE + name;
                xattrs.put(records.containsKey(encoded) ? decodeName(encoded) : name, value);
            }
        });
    }

    private static String decodeName(String key) {
        byte[] encoded = Names.encode(key.substring(LIBARCHIVE.length()));
        ByteArrayOutputStream name = new ByteArrayOutputStream(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] != '%') {
                name.write(encoded[i]);
                continue;
            }
            int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(encoded[i + 2], 16) : -1;
            // a NUL would end the name for the system alone
            if (low < 0 || high + low == 0) {
                throw new MalformedContentException(
                        "PAX header: expected a percent-encoded name, got " + Text.quote(key));
            }
            name.write(high << 4 | low);
            i += 2;
        }
        byte[] bytes = name.toByteArray();
        return Names.decode(bytes, 0, bytes.length);
    }

    private static byte[] decodeValue(String key, byte[] value) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new MalformedContentException("PAX " + Text.quote(key) + ": expected Base64, got something else", e);
        }
    }
}
