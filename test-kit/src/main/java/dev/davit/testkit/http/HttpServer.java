package dev.davit.testkit.http;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A running HTTP/1.1 server that hands every request to one {@link Handler}, with a thread per connection.
 *
 * <p>It speaks what a registry's clients speak: persistent connections, pipelining, bodies by length or in chunks,
 * {@code Expect: 100-continue}, {@code HEAD}, TLS. Heads are bounded (16 KiB for the request line, 128 fields, 128 KiB
 * altogether); bodies are streamed and unbounded. Thread-safe. Who starts it closes it.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(HttpServer.class.getName());

    private static final int BACKLOG = 1024;
    private static final int MAX_CONNECTIONS = 4096;
    private static final int GRACE_MILLIS = 250;
    private static final int CLOSE_MILLIS = 5_000;

    private final ServerSocket listener;
    private final @Nullable SSLSocketFactory tls;
    private final Handler handler;
    private final Map<Connection, Thread> connections = new ConcurrentHashMap<>();
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final AtomicLong count = new AtomicLong();
    private final Thread acceptor;
    private volatile boolean closed;

    private HttpServer(ServerSocket listener, @Nullable SSLContext tls, Handler handler) {
        this.listener = listener;
        this.tls = tls == null ? null : tls.getSocketFactory();
        this.handler = handler;
        this.acceptor = new Thread(this::accept, threadName("accept"));
        acceptor.setDaemon(true);
    }

    /**
     * Returns a server that listens already.
     *
     * @param address where to listen; port 0 takes a free one
     * @param tls serves HTTPS with this context, or null for plain HTTP
     * @throws IOException if the address cannot be had
     */
    public static HttpServer start(InetSocketAddress address, @Nullable SSLContext tls, Handler handler)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        HttpServer server = new HttpServer(listener, tls, handler);
        server.acceptor.start();
        return server;
    }

    /** Returns the address and port it listens on. */
    public InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    /** Returns how many connections are open. */
    public int connections() {
        return connections.size();
    }

    private String threadName(String what) {
        return "davit-http-" + listener.getLocalPort() + "-" + what;
    }

    private void accept() {
        while (!closed) {
            try {
                free.acquire();
                serve(listener.accept());
            } catch (InterruptedException e) {
                return; // close() is the only one who interrupts
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                free.release();
                if (!closed) {
                    LOG.log(Level.WARNING, "a connection could not be accepted", e);
                    pause();
                }
            }
        }
    }

    private void serve(Socket socket) {
        Connection connection = new Connection(socket, tls, handler);
        Thread thread = new Thread(
                () -> {
                    try {
                        connection.run();
                    } finally {
                        connections.remove(connection);
                        free.release();
                    }
                },
                threadName(Long.toString(count.incrementAndGet())));
        thread.setDaemon(true);
        connections.put(connection, thread);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // no more threads to be had
            connections.remove(connection);
            connection.abort();
            throw e;
        }
        if (closed) {
            connection.abort(); // accepted while close() went through the others
        }
    }

    /** After a failure such as too many open files: gives others the time to go away. */
    @SuppressWarnings("BusyWait")
    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops listening and ends all connections at once, also those that are in the middle of a message; returns when
     * their threads have ended, after five seconds at most. Closing twice does nothing.
     */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the listening socket could not be closed", e);
        }
        acceptor.interrupt();
        connections.keySet().forEach(Connection::abort);
        joinAll(GRACE_MILLIS);
        connections.values().forEach(Thread::interrupt); // handlers that wait for something else than the socket
        joinAll(CLOSE_MILLIS);
    }

    /** Waits for all threads even if it is interrupted: whoever closes goes on to delete what they use. */
    private void joinAll(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean interrupted = false;
        for (Thread thread : connections.values()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            while (thread.isAlive() && left > 0) {
                try {
                    thread.join(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
