package dev.davit.cri;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Output that is kept, up to a limit. For one thread after the other. */
final class Captured extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int limit;

    Captured(int limit) {
        this.limit = limit;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        if (length > limit - bytes.size()) {
            throw new TooMuchException(limit);
        }
        bytes.write(source, offset, length);
    }

    /** {@return what was written, as UTF-8} */
    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** More was written than may be kept. */
    static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1L;

        TooMuchException(int limit) {
            super("expected at most " + limit + " bytes of output, got more; allow more, or send it to a stream");
        }
    }
}
