package dev.davit.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A socket that asks the system for more at once than its reader does. OkHttp reads 8 KiB at a time; where much comes in a row,
 * most of what that costs are the calls.
 */
final class WideSocket extends Socket {
    private @Nullable InputStream input;

    @Override
    public synchronized InputStream getInputStream() throws IOException {
        if (input == null) {
            input = new Wide(super.getInputStream());
        }
        return input;
    }

    /** For one reader at a time, as sockets are. */
    private static final class Wide extends InputStream {
        private static final int SIZE = 64 * 1024;

        private final InputStream in;
        private byte[] buffer = new byte[0];
        private int from;
        private int to;
        /** Whether the reader got all it asked for, so that there is probably more. */
        private boolean flowing;

        Wide(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (from == to) {
                if (!flowing || length >= SIZE) {
                    int n = in.read(target, offset, length);
                    flowing = n == length && n > 1;
                    return n;
                }
                if (buffer.length == 0) {
                    buffer = new byte[SIZE];
                }
                from = 0;
                to = 0;
                to = Math.max(0, in.read(buffer, 0, SIZE));
                if (to == 0) {
                    return -1;
                }
            }
            int n = Math.min(length, to - from);
            System.arraycopy(buffer, from, target, offset, n);
            from += n;
            return n;
        }

        @Override
        public int available() throws IOException {
            return to - from + in.available();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
