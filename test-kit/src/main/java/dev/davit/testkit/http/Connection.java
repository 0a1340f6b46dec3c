package dev.davit.testkit.http;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One connection: request, response, request, response, until either side has had enough. Runs in a thread of its own. */
final class Connection implements Runnable {
    private static final Logger LOG = System.getLogger(Connection.class.getName());

    private static final int IDLE_MILLIS = 60_000;

    /** An unread body up to this size is read and dropped to keep the connection; a longer one ends it. */
    private static final long MAX_SKIPPED_BODY = 256 * 1024;

    private static final int LINGER_MILLIS = 1_000;
    private static final long MAX_LINGER_BYTES = 16 * 1024 * 1024;

    private final Socket transport;
    private final @Nullable SSLSocketFactory tls;
    private final Handler handler;
    private volatile boolean aborted;

    /**
     * @param tls wraps the transport, or null for plain HTTP
     */
    Connection(Socket transport, @Nullable SSLSocketFactory tls, Handler handler) {
        this.transport = transport;
        this.tls = tls;
        this.handler = handler;
    }

    @Override
    public void run() {
        try (transport;
                Socket socket = secured()) {
            try {
                serve(socket);
            } catch (IOException e) {
                ConnectionEnd.prepare(e, transport);
                throw e;
            }
        } catch (IOException e) {
            if (!aborted) {
                LOG.log(Level.DEBUG, () -> "connection of " + transport.getRemoteSocketAddress() + " ended: " + e);
            }
        }
    }

    /**
     * Cuts the connection now, whatever it is doing; called by other threads.
     *
     * <p>Closes the transport below TLS: closing the TLS socket would wait for a writer that is stuck in it.
     */
    void abort() {
        aborted = true;
        try {
            transport.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection could not be closed", e);
        }
    }

    private Socket secured() throws IOException {
        transport.setTcpNoDelay(true);
        transport.setSoTimeout(IDLE_MILLIS);
        if (tls == null) {
            return transport;
        }
        SSLSocket socket = (SSLSocket) tls.createSocket(transport, null, true); // null: nothing was read from it yet
        socket.setUseClientMode(false);
        socket.startHandshake();
        return socket;
    }

    private void serve(Socket socket) throws IOException {
        HttpInput in = new HttpInput(socket.getInputStream());
        ResponseWriter out = new ResponseWriter(socket.getOutputStream());
        RequestReader reader = new RequestReader(in, out::writeContinue);
        try {
            boolean more = true;
            while (more && !in.atEnd()) {
                more = exchange(reader.read(), out);
            }
        } catch (HttpProtocolException e) {
            if (!e.answerable()) {
                throw e;
            }
            refuse(e, out);
        }
        linger(socket);
    }

    /** Answers one request and tells whether another one may follow. */
    private boolean exchange(RequestReader.Incoming incoming, ResponseWriter out) throws IOException {
        Request request = incoming.request();
        Response response = respond(request);
        boolean closing = !incoming.body().skipRest(MAX_SKIPPED_BODY)
                || incoming.closeAfterwards()
                || response.headers().lists("Connection", "close");
        Response framed = new Response(response.status(), response.headers().without("Connection"), response.body());
        boolean wellFramed = out.write(framed, request.method().equals("HEAD"), !incoming.oldClient(), closing);
        return wellFramed && !closing;
    }

    private Response respond(Request request) throws IOException {
        try {
            return handler.handle(request);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "the handler failed", e);
            return Response.of(500).with("text/plain", "the server failed\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void refuse(HttpProtocolException e, ResponseWriter out) throws IOException {
        byte[] why = (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
        out.write(Response.of(e.status()).with("text/plain; charset=utf-8", why), false, true, true);
    }

    /**
     * Lets the client read the last response before the connection goes: closing a socket with unread input would send
     * a reset, which can overtake the response.
     */
    private static void linger(Socket socket) throws IOException {
        if (socket.isClosed()) {
            return;
        }
        socket.shutdownOutput();
        socket.setSoTimeout(LINGER_MILLIS);
        InputStream rest = socket.getInputStream();
        byte[] scratch = new byte[64 * 1024];
        long deadline = System.nanoTime() + LINGER_MILLIS * 1_000_000L;
        long dropped = 0;
        int count;
        do {
            count = rest.read(scratch);
            dropped += count;
        } while (count >= 0 && dropped < MAX_LINGER_BYTES && System.nanoTime() < deadline);
    }
}
