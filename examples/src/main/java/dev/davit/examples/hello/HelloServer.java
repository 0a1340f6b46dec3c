package dev.davit.examples.hello;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Answers {@code GET /} with a greeting in JSON and ends with exit code 0 after {@code POST /stop}. Says on standard
 * output what it does.
 */
@Command(name = "hello")
public final class HelloServer implements Callable<Integer> {
    private static final JsonFactory JSON = new JsonFactory();
    /** What the kernel says; asking {@code InetAddress} would ask a name server, and a pod may have none. */
    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    private final AtomicLong requests = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Option(names = "--port", description = "The port to listen on.", defaultValue = "8080")
    private int port;

    /** Serves until it is told to stop. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new HelloServer()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", this::greet);
        server.createContext("/stop", this::stop);
        server.start();
        System.out.println("hello listens on port " + port);
        stopped.await();
        server.stop(0);
        System.out.println("hello ends after " + requests + " requests");
        return 0;
    }

    private void greet(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        System.out.println(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeStringField("greeting", "hello, world");
            json.writeStringField("host", Files.readString(HOSTNAME).strip());
            json.writeStringField("java", Runtime.version().toString());
            json.writeEndObject();
        }
        answer(exchange, body.toByteArray());
    }

    private void stop(HttpExchange exchange) throws IOException {
        answer(exchange, "bye\n".getBytes(StandardCharsets.UTF_8));
        stopped.countDown();
    }

    private static void answer(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
