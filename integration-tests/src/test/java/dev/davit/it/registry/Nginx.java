package dev.davit.it.registry;

import dev.davit.it.Parts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's nginx as a TLS proxy before a registry, on the loopback address. Closing it ends it. */
final class Nginx implements AutoCloseable {
    private static final int MAX_SECONDS = 20;

    private final Process process;
    private final int port;
    private final Path folder;

    private Nginx(Process process, int port, Path folder) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it.
     *
     * @param folder an empty folder that is its own
     * @param authority whose certificate {@code server} it shows
     * @param registry {@code host:port} behind it, over plain HTTP
     * @param settings more lines for its server
     */
    static Nginx before(String registry, Path folder, TestAuthority authority, String settings)
            throws IOException, InterruptedException {
        Path program = Parts.program("nginx");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.createDirectories(folder);
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid FOLDER/pid;
                error_log FOLDER/error.log;
                events {}
                http {
                    limit_req_zone $server_port zone=all:1m rate=10r/s;
                    access_log FOLDER/access.log;
                    client_body_temp_path FOLDER/body;
                    proxy_temp_path FOLDER/proxy;
                    fastcgi_temp_path FOLDER/fastcgi;
                    uwsgi_temp_path FOLDER/uwsgi;
                    scgi_temp_path FOLDER/scgi;
                    server {
                        listen 127.0.0.1:PORT ssl http2;
                        ssl_certificate SERVER.crt;
                        ssl_certificate_key SERVER.key;
                        SETTINGS
                        location / {
                            proxy_pass http://REGISTRY;
                            proxy_set_header Host $http_host;
                            proxy_set_header X-Forwarded-Proto https;
                        }
                    }
                }
                """.replace(
                        "SETTINGS",
                        settings.contains("client_max_body_size") ? settings : settings + " client_max_body_size 0;")
                .replace("FOLDER", folder.toString())
                .replace("PORT", Integer.toString(port))
                .replace("SERVER", authority.path("server").toString())
                .replace("REGISTRY", registry));
        Process process = new ProcessBuilder(program.toString(), "-p", folder.toString(), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
        Nginx nginx = new Nginx(process, port, folder);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return nginx;
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        nginx.close();
        throw new AssertionError("nginx does not listen: " + Files.readString(folder.resolve("output.log")));
    }

    String address() {
        return "localhost:" + port;
    }

    /** {@return what was asked: {@code GET /v2/… HTTP/2.0} and the status} */
    List<String> requests() throws IOException {
        return Files.readAllLines(folder.resolve("access.log")).stream()
                .map(line -> line.replaceAll("^.*\\] \"(.*)\" ([0-9]{3}) .*$", "$1 $2"))
                .toList();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
