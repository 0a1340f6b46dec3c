package dev.davit.cri;

import dev.davit.cri.internal.stream.Pipe;
import dev.davit.cri.internal.stream.StreamChannel;
import dev.davit.cri.internal.stream.StreamSession;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection to a port of a pod, made by the runtime within the pod's network: it takes no route to the pod, and reaches
 * what listens on the pod's loopback interface alone.
 *
 * <p>Its streams throw {@link CriException}; that nobody listens at the port shows when they are used. Up to 128 KiB are kept
 * for who reads; then the sender has to wait. One thread reads the connection until it ends.
 *
 * <p>Thread-safe, except {@link #in()}. Who opens it closes it.
 */
public final class PortConnection implements AutoCloseable {
    private final StreamSession session;
    private final Pipe pipe;
    private final InputStream in;
    private final OutputStream out;

    PortConnection(String action, StreamSession session, Pipe pipe) {
        this.session = session;
        this.pipe = pipe;
        this.in = new ChannelInput(action, pipe, () -> false);
        this.out = new ChannelOutput(action, session, StreamChannel.PORT_DATA);
    }

    /** {@return what the program sends} */
    public InputStream in() {
        return in;
    }

    /**
     * Gives the way to the program. To close it tells the runtime that nothing more comes, and what the program sends still
     * arrives; but containerd does not tell the program, and cuts the connection one second later. WebSocket cannot do it,
     * which throws a {@link CriException} ({@code UNIMPLEMENTED}).
     *
     * @return where to write; each write leaves at once
     */
    public OutputStream out() {
        return out;
    }

    /** Ends the connection in both directions at once. May be called again. */
    @Override
    public void close() {
        session.close();
        pipe.close();
    }
}
