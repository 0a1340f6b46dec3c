package dev.davit.cri;

import dev.davit.cri.internal.stream.LocalPort;
import dev.davit.cri.internal.stream.Sink;
import dev.davit.cri.internal.stream.StreamChannel;
import dev.davit.cri.internal.stream.StreamSession;
import dev.davit.oci.DavitException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A port of this machine, on the loopback interface, that leads to a port of a pod until it or its client is closed.
 *
 * <p>Each connection has a stream of its own to the runtime: one that is slow, or that fails, does not hold up the others. One
 * thread waits for connections, and each has two.
 *
 * <p>Thread-safe. Who opens it closes it.
 */
public final class PortForward implements AutoCloseable {
    private static final int BUFFER = 32 << 10;

    private final String action;
    private final LocalPort local;
    private final Opener opener;
    private final Consumer<? super DavitException> failures;
    private final Set<Forwarded> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Opens a stream to the port of the pod. */
    interface Opener {
        /** Opens one, whose data goes to the sink. */
        StreamSession open(Sink data);
    }

    /**
     * Begins to listen.
     *
     * @param action what is done for each connection, for messages: a verb and its object
     */
    PortForward(String action, LocalPort local, Opener opener, Consumer<? super DavitException> failures) {
        this.action = action;
        this.local = local;
        this.opener = opener;
        this.failures = failures;
        daemon(this::accept, "davit-forward-" + local.number());
    }

    private static void daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** {@return the port on this machine, where {@code localhost} answers} */
    public int localPort() {
        return local.number();
    }

    private void accept() {
        while (!closed) {
            try {
                Forwarded connection = new Forwarded(local.accept());
                connections.add(connection);
                daemon(connection::run, "davit-forwarded-" + local.number());
            } catch (IOException e) {
                if (!closed) {
                    report(Streams.failure(action, e));
                    close();
                }
            }
        }
    }

    private void report(DavitException failure) {
        if (!closed) {
            failures.accept(failure);
        }
    }

    /** Stops listening and ends all connections at once. May be called again. */
    @Override
    public void close() {
        closed = true;
        try {
            local.close();
        } catch (IOException e) {
            // nobody can do anything about it
        }
        connections.forEach(Forwarded::close);
    }

    /** {@return where it leads} */
    @Override
    public String toString() {
        return "127.0.0.1:" + localPort() + " to " + action;
    }

    /** One connection. */
    private final class Forwarded implements Sink {
        private final LocalPort.Peer peer;
        private @Nullable StreamSession session;
        private boolean over;

        Forwarded(LocalPort.Peer peer) {
            this.peer = peer;
        }

        void run() {
            try {
                StreamSession opened = opener.open(this);
                if (begin(opened)) {
                    pump(opened);
                }
            } catch (DavitException e) {
                report(e);
                close();
            } catch (IOException e) {
                // One of the two has gone. If it was the pod, the end of its data says why.
                close();
            }
        }

        /** The end may have come, or the whole may have been closed, before the stream was ready. */
        private synchronized boolean begin(StreamSession opened) {
            session = opened;
            if (over || closed) {
                close();
            }
            return !over;
        }

        private void pump(StreamSession opened) throws IOException {
            byte[] buffer = new byte[BUFFER];
            InputStream in = peer.in();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                opened.send(StreamChannel.PORT_DATA, buffer, 0, read);
            }
            if (opened.canEnd()) {
                opened.end(StreamChannel.PORT_DATA);
            } else {
                close(); // whether it has gone, or only said all, is the same to WebSocket
            }
        }

        @Override
        public void data(byte[] bytes, int offset, int length) throws IOException {
            peer.out().write(bytes, offset, length);
        }

        @Override
        public void end(@Nullable IOException failure) {
            synchronized (this) {
                if (over) {
                    return;
                }
            }
            if (failure != null) {
                report(Streams.failure(action, failure));
            }
            try {
                peer.end();
            } catch (IOException e) {
                // it has gone
            }
            close();
        }

        synchronized void close() {
            over = true;
            connections.remove(this);
            if (session != null) {
                session.close();
            }
            try {
                peer.close();
            } catch (IOException e) {
                // nobody can do anything about it
            }
        }
    }
}
