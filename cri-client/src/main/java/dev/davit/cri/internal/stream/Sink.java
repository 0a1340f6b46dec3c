package dev.davit.cri.internal.stream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes what arrives on one channel. Called by the thread that reads the connection, which waits for it meanwhile. */
public interface Sink {
    /**
     * Takes some bytes.
     *
     * @throws IOException if they cannot be taken, which ends the whole connection
     */
    void data(byte[] bytes, int offset, int length) throws IOException;

    /**
     * Learns that nothing more comes. Called once.
     *
     * @param failure why, or null if the other side has ended the channel as it should
     */
    void end(@Nullable IOException failure);
}
