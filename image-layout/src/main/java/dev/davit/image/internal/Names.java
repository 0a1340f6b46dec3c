package dev.davit.image.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * File names as strings, without losing a byte. Names on Linux are bytes; most are UTF-8 and decode as such. A byte
 * that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte, which no valid name decodes to, so two
 * different names never become one string and {@link #encode} gives back the exact bytes.
 */
public final class Names {
    private static final char ESCAPE = '\udc00';

    private Names() {}

    /** {@return the name that these bytes spell} */
    public static String decode(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return "";
        }
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return decodeUtf8(ByteBuffer.wrap(bytes, offset, length));
            }
        }
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    private static String decodeUtf8(ByteBuffer in) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(in.remaining());
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = result.length(); i > 0; i--) {
                out.put((char) (ESCAPE + (in.get() & 0xff)));
            }
            decoder.reset();
        }
    }

    /** {@return the bytes of a name} */
    public static byte[] encode(String name) {
        if (isAscii(name)) {
            return name.getBytes(StandardCharsets.ISO_8859_1);
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            return encodeEscaped(name);
        }
    }

    private static byte[] encodeEscaped(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 16);
        for (int at = 0; at < name.length(); ) {
            int c = name.codePointAt(at);
            at += Character.charCount(c);
            if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff) {
                out.write(c - ESCAPE);
            } else if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("name with half a surrogate pair: U+" + Integer.toHexString(c));
            } else {
                out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    /** {@return whether the name is plain ASCII, so that every character is one byte of the same value} */
    public static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether the name has bytes that are not UTF-8} */
    public static boolean hasForeignBytes(String name) {
        for (int at = 0; at < name.length(); ) {
            int c = name.codePointAt(at);
            at += Character.charCount(c);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                return true;
            }
        }
        return false;
    }

    /** Orders names by their bytes, which for characters beyond U+FFFF is not how strings are ordered. */
    public static int compare(String a, String b) {
        return isAscii(a) && isAscii(b) ? a.compareTo(b) : Arrays.compareUnsigned(encode(a), encode(b));
    }
}
