package dev.davit.cri;

import dev.davit.cri.internal.stream.StreamSession;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What is sent on a channel. Each write leaves at once. Thread-safe. */
final class ChannelOutput extends OutputStream {
    private final String action;
    private final StreamSession session;
    private final int channel;
    private boolean closed;

    /**
     * Creates the stream.
     *
     * @param action what is being done, for messages: a verb and its object
     */
    ChannelOutput(String action, StreamSession session, int channel) {
        this.action = action;
        this.session = session;
        this.channel = channel;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new WrongStateException(
                    CriException.Code.FAILED_PRECONDITION, "cannot " + action + ": the stream to it was closed", null);
        }
        try {
            session.send(channel, bytes, offset, length);
        } catch (IOException e) {
            throw Streams.failure(action, e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        if (!session.canEnd()) {
            throw new CriException(
                    CriException.Code.UNIMPLEMENTED,
                    "cannot " + action + " and tell it that nothing more comes: the WebSocket of this server has no"
                            + " end of file; use SPDY",
                    null);
        }
        closed = true;
        try {
            session.end(channel);
        } catch (IOException e) {
            // the other side has ended before
        }
    }
}
