package dev.davit.image.internal.tar;

import dev.davit.image.internal.Names;
import dev.davit.oci.MalformedContentException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Parses the body of a PAX header: lines of {@code length key=value}, whose values may have any bytes. */
final class PaxRecords {
    private PaxRecords() {}

    /** {@return values by key; of a key that comes twice, the last} */
    static Map<String, byte[]> parse(byte[] body) {
        Map<String, byte[]> records = new HashMap<>();
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
            records.put(key, Arrays.copyOfRange(body, equals + 1, end - 1));
            at = end;
        }
        return records;
    }
}
