package dev.davit.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback address that says exactly what a test tells it to say, also what no server should: wrong
 * lengths, half bodies, silence. Remembers what it was asked.
 */
final class FakeServer implements AutoCloseable {
    /** One request as it arrived; header names in lower case. */
    record Seen(String method, String target, Map<String, String> headers, String body) {
        String line() {
            return method + " " + target;
        }

        String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    /** What is sent back. */
    static final class Answer {
        private final int status;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private byte[] body = new byte[0];
        private boolean cut;
        private boolean stall;
        private boolean unmeasured;
        private long pause;

        private Answer(int status) {
            this.status = status;
        }

        static Answer of(int status) {
            return new Answer(status);
        }

        static Answer json(int status, String body) {
            return of(status).header("Content-Type", "application/json").body(body.getBytes(UTF_8));
        }

        /** Sets a header, also one that lies; of a length that is not set, the true one is sent. */
        Answer header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        Answer body(byte[] bytes) {
            this.body = bytes;
            return this;
        }

        /** Closes the connection afterwards, whatever was promised. */
        Answer cut() {
            this.cut = true;
            return this;
        }

        /** Tells no length: the body ends with the connection. */
        Answer unmeasured() {
            this.unmeasured = true;
            return cut();
        }

        /** Says nothing any more afterwards, until the client goes. */
        Answer stall() {
            this.stall = true;
            return this;
        }

        /** Waits in the middle of the body. */
        Answer pause(long milliseconds) {
            this.pause = milliseconds;
            return this;
        }

        private void writeBody(OutputStream out) throws IOException {
            int half = pause == 0 ? 0 : body.length / 2;
            out.write(body, 0, half);
            if (pause > 0) {
                out.flush();
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            out.write(body, half, body.length - half);
        }

        private byte[] head() {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Fake\r\n");
            if (!unmeasured
                    && status != 204
                    && headers.keySet().stream().noneMatch(name -> name.equalsIgnoreCase("Content-Length"))) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            headers.forEach((name, value) -> {
                for (String line : value.split("\n", -1)) {
                    head.append(name).append(": ").append(line).append("\r\n");
                }
            });
            return head.append("\r\n").toString().getBytes(ISO_8859_1);
        }
    }

    /** Closes the connection without a word. */
    static final Answer NOTHING = Answer.of(0).cut();

    /** Leaves the client waiting. */
    static final Answer SILENCE = Answer.of(0).stall();

    /** Which open server has seen which header: what belongs to one origin must never reach another one. */
    private static final Map<String, FakeServer> CREDENTIALS = new ConcurrentHashMap<>();

    private final ServerSocket listener;
    private volatile @Nullable String leaked;
    private boolean anybodysCredentials;
    private final Function<Seen, Answer> script;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch clientGone = new CountDownLatch(1);

    private FakeServer(ServerSocket listener, Function<Seen, Answer> script) {
        this.listener = listener;
        this.script = script;
        start(this::accept);
    }

    static FakeServer answering(Function<Seen, Answer> script) {
        try {
            return new FakeServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same behind TLS or any other kind of socket. */
    static FakeServer answering(ServerSocket listener, Function<Seen, Answer> script) {
        return new FakeServer(listener, script);
    }

    String address() {
        return "localhost:" + listener.getLocalPort();
    }

    int port() {
        return listener.getLocalPort();
    }

    String url(String path) {
        return "http://" + address() + path;
    }

    /** {@return how many connections were made} */
    int connections() {
        return sockets.size();
    }

    List<Seen> seen() {
        return seen;
    }

    List<String> lines() {
        return seen.stream().map(Seen::line).toList();
    }

    void awaitStall() throws InterruptedException {
        stalled.await();
    }

    /** Waits until a client has closed the connection on which it was left waiting. */
    boolean awaitClientGone() throws InterruptedException {
        return clientGone.await(5, java.util.concurrent.TimeUnit.SECONDS);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "fake-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                sockets.add(socket);
                if (listener.isClosed()) {
                    socket.close(); // came while it was being closed, which may not have seen this one
                    return;
                }
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Seen request = read(in);
                seen.add(request);
                watch(request);
                Answer answer = script.apply(request);
                OutputStream out = socket.getOutputStream();
                if (answer.status != 0) {
                    out.write(answer.head());
                    if (!request.method.equals("HEAD")) {
                        answer.writeBody(out);
                    }
                    out.flush();
                }
                if (answer.stall) {
                    stalled.countDown();
                    awaitEnd(in);
                }
                if (answer.cut) {
                    return;
                }
            }
        } catch (IOException e) {
            // the client has gone
        }
    }

    private void watch(Seen request) {
        String credentials = request.header("Authorization");
        if (credentials != null) {
            FakeServer owner = CREDENTIALS.putIfAbsent(credentials, this);
            if (owner != null && owner != this && !owner.listener.isClosed() && !anybodysCredentials) {
                leaked = credentials + " of " + owner.address() + " in " + request.line();
            }
        }
    }

    /** Is meant to get the same credentials as another server. */
    FakeServer anybodysCredentials() {
        anybodysCredentials = true;
        return this;
    }

    private void awaitEnd(InputStream in) throws IOException {
        try {
            while (in.read() >= 0) {}
        } finally {
            clientGone.countDown();
        }
        throw new EOFException();
    }

    private static Seen read(InputStream in) throws IOException {
        String[] line = line(in).split(" ", -1);
        if (line.length != 3 || !line[2].startsWith("HTTP/1.")) {
            throw new IOException("not HTTP: perhaps somebody tries TLS");
        }
        Map<String, String> headers = new TreeMap<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            headers.put(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException();
        }
        return new Seen(line[0], line[1], headers, new String(body, ISO_8859_1));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            CREDENTIALS.values().removeIf(owner -> owner == this);
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (leaked != null) {
            throw new AssertionError("credentials reached another origin: " + leaked);
        }
    }
}
