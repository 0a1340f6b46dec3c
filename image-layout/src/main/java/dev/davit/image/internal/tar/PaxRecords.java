package dev.davit.image.internal.tar;

import dev.davit.image.internal.Names;
import dev.davit.oci.MalformedContentException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Parses the body of a PAX header: lines of {@code length key=value}, whose values may have any bytes. */
final class PaxRecords {
    /** The map of a sparse file; version 0.0 tells it number by number, under two keys that come again and again. */
    static final String SPARSE_MAP = TarFormat.SPARSE + "map";

    private static final String SPARSE_OFFSET = TarFormat.SPARSE + "offset";
    private static final String SPARSE_LENGTH = TarFormat.SPARSE + "numbytes";

    private PaxRecords() {}

    /** {@return values by key; of a key that comes twice, the last} */
    static Map<String, byte[]> parse(byte[] body) {
        Map<String, byte[]> records = new HashMap<>();
        ByteArrayOutputStream sparse = new ByteArrayOutputStream();
        String expected = SPARSE_OFFSET;
        int at = 0;
        while (at < body.length) {
            int length = 0;
            int i = at;
            for (; i < body.length && body[i] >= '0' && body[i] <= '9' && length <= body.length; i++) {
                length = length * 10 + (body[i] - '0');
            }
            int end = at + length;
            boolean whole = i > at && i < body.length && body[i] == ' ' && length <= body.length - at && i + 1 < end;
            if (!whole || body[end - 1] != '\n') {
                throw new MalformedContentException("PAX header: expected \"length key=value\" at byte " + at);
            }
            int equals = i + 1;
            while (equals < end && body[equals] != '=') {
                equals++;
            }
            if (equals == end || equals == i + 1) {
                throw new MalformedContentException("PAX header: expected a key and a value at byte " + at);
            }
            String key = Names.decode(body, i + 1, equals - i - 1);
            if (key.indexOf('\0') >= 0) {
                throw new MalformedContentException("PAX header: expected a key without NUL at byte " + at);
            }
            byte[] value = Arrays.copyOfRange(body, equals + 1, end - 1);
            if (key.equals(SPARSE_OFFSET) || key.equals(SPARSE_LENGTH)) {
                if (!key.equals(expected)) {
                    throw new MalformedContentException("PAX header: expected " + expected + ", got " + key);
                }
                if (sparse.size() > 0) {
                    sparse.write(',');
                }
                sparse.writeBytes(value);
                expected = key.equals(SPARSE_OFFSET) ? SPARSE_LENGTH : SPARSE_OFFSET;
            } else {
                records.put(key, value);
            }
            at = end;
        }
        if (sparse.size() > 0) {
            records.put(SPARSE_MAP, sparse.toByteArray());
        }
        return records;
    }
}
