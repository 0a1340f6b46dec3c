package dev.davit.testkit.internal;

import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Part of a file as the body of a response.
 *
 * @param file the file, opened when the body is sent
 * @param offset where the part begins
 * @param length how many bytes it has
 */
record FileBody(Path file, long offset, long length) implements Response.Body {
    @Override
    public InputStream open() throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            in.skipNBytes(offset);
        } catch (IOException e) {
            in.close();
            throw e;
        }
        return new Part(in, length);
    }

    private static final class Part extends InputStream {
        private final InputStream in;
        private long remaining;

        Part(InputStream in, long length) {
            this.in = in;
            this.remaining = length;
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            if (remaining == 0) {
                return -1;
            }
            int read = in.read(into, from, (int) Math.min(count, remaining));
            remaining -= Math.max(read, 0);
            return read;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
