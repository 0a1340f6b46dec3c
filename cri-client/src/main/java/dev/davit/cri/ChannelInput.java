package dev.davit.cri;

import dev.davit.cri.internal.stream.Pipe;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

/** What arrives on a channel. For one thread; may be closed by any. */
final class ChannelInput extends InputStream {
    private final String action;
    private final Pipe pipe;
    private final BooleanSupplier complete;

    /**
     * Creates the stream.
     *
     * @param action what is being done, for messages: a verb and its object
     * @param complete whether nothing is missing in the pipe, although it was not ended as it should be
     */
    ChannelInput(String action, Pipe pipe, BooleanSupplier complete) {
        this.action = action;
        this.pipe = pipe;
        this.complete = complete;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        try {
            return pipe.read(bytes, offset, length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(action, e);
        } catch (IOException e) {
            // Servers end by resetting everything, behind what matters.
            if (complete.getAsBoolean()) {
                return -1;
            }
            throw Streams.failure(action, e);
        }
    }

    @Override
    public int available() {
        return pipe.available();
    }

    @Override
    public void close() {
        pipe.close();
    }
}
