package dev.davit.cri.internal.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The header blocks of SPDY/3.1, sections 2.6.10 and 2.6.11: names and values, each behind its length, as one zlib stream for
 * all blocks of a direction, which is flushed behind each.
 */
public final class SpdyHeaders {
    /** The most that a block may be decompressed: a few hundred bytes are usual. */
    private static final int MAX_BLOCK = 64 << 10;

    private static final byte[] DICTIONARY = dictionary();

    private SpdyHeaders() {}

    /** The words of the resource, each behind its length, and what follows them as it is. */
    private static byte[] dictionary() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (InputStream in = SpdyHeaders.class.getResourceAsStream("spdy-words.txt");
                DataOutputStream out = new DataOutputStream(bytes)) {
            if (in == null) {
                throw new IllegalStateException("the words of SPDY are missing in the jar");
            }
            List<String> lines = new String(in.readAllBytes(), UTF_8).lines().toList();
            int words = lines.indexOf("");
            for (String word : lines.subList(0, words)) {
                out.writeInt(word.length());
                out.writeBytes(word);
            }
            out.writeBytes(lines.get(words + 1));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read a resource", e);
        }
        return bytes.toByteArray();
    }

    /** {@return the dictionary that both sides begin with; a copy} */
    static byte[] dictionaryBytes() {
        return DICTIONARY.clone();
    }

    /** Writes the blocks of one direction. For one thread at a time. */
    public static final class Encoder implements AutoCloseable {
        private final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);

        /** Creates an encoder, to be closed by the caller. */
        public Encoder() {
            deflater.setDictionary(DICTIONARY);
        }

        /** {@return a block with these headers, names in lower case} */
        public byte[] encode(Map<String, String> headers) {
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            putInt(plain, headers.size());
            headers.forEach((name, value) -> {
                put(plain, name);
                put(plain, value);
            });
            deflater.setInput(plain.toByteArray());
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 10];
            int length;
            do {
                length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
                block.write(buffer, 0, length);
            } while (length == buffer.length);
            return block.toByteArray();
        }

        private static void put(ByteArrayOutputStream out, String text) {
            byte[] bytes = text.getBytes(UTF_8);
            putInt(out, bytes.length);
            out.writeBytes(bytes);
        }

        private static void putInt(ByteArrayOutputStream out, int value) {
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        }

        @Override
        public void close() {
            deflater.end();
        }
    }

    /** Reads the blocks of one direction, all of them and in their order. For one thread at a time. */
    public static final class Decoder implements AutoCloseable {
        private final Inflater inflater = new Inflater();

        /** Creates a decoder, to be closed by the caller. */
        public Decoder() {}

        /**
         * Reads a block.
         *
         * @return the headers, in their order
         * @throws StreamProtocolException if it is none, or a very large one
         */
        public Map<String, String> decode(byte[] block) throws StreamProtocolException {
            ByteBuffer plain = ByteBuffer.wrap(inflate(block));
            Map<String, String> headers = new LinkedHashMap<>();
            try {
                int count = plain.getInt();
                if (count < 0) {
                    throw new StreamProtocolException("SPDY headers: expected how many they are, got " + count);
                }
                for (int i = 0; i < count; i++) {
                    headers.put(text(plain), text(plain));
                }
            } catch (BufferUnderflowException e) {
                throw new StreamProtocolException("SPDY headers: expected more of them, got the end of the block");
            }
            if (plain.hasRemaining()) {
                throw new StreamProtocolException(
                        "SPDY headers: expected the end of the block, got " + plain.remaining() + " bytes");
            }
            return headers;
        }

        private static String text(ByteBuffer plain) throws StreamProtocolException {
            int length = plain.getInt();
            if (length < 0 || length > plain.remaining()) {
                throw new StreamProtocolException("SPDY headers: expected a name or value of at most "
                        + plain.remaining() + " bytes, got one of " + Integer.toUnsignedString(length));
            }
            byte[] bytes = new byte[length];
            plain.get(bytes);
            return new String(bytes, UTF_8);
        }

        private byte[] inflate(byte[] block) throws StreamProtocolException {
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            byte[] buffer = new byte[4 << 10];
            inflater.setInput(block);
            try {
                while (true) {
                    int length = inflater.inflate(buffer);
                    plain.write(buffer, 0, length);
                    if (plain.size() > MAX_BLOCK) {
                        throw new StreamProtocolException(
                                "SPDY headers: expected at most " + MAX_BLOCK + " bytes, got more");
                    }
                    if (length == 0 && inflater.needsDictionary()) {
                        inflater.setDictionary(DICTIONARY);
                    } else if (length == 0) {
                        return plain.toByteArray();
                    }
                }
            } catch (DataFormatException | IllegalArgumentException e) {
                throw new StreamProtocolException("SPDY headers: expected zlib data with the dictionary of SPDY/3, got "
                        + "something else: " + e.getMessage());
            }
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
