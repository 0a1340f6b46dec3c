package dev.davit.benchmarks.transfer;

import dev.davit.benchmarks.Shell;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A registry on the loopback address, whose log tells what it was asked. Closing it ends it. */
final class Server implements AutoCloseable {
    private static final Pattern REQUEST = Pattern.compile("\"(GET|HEAD|POST|PUT|PATCH|DELETE) /v2/");
    private static final Pattern CONNECTION = Pattern.compile("remoteaddr=\"?([0-9.]+:[0-9]+)");

    private final Process process;
    private final String address;
    private final Path folder;

    private Server(Process process, String address, Path folder) {
        this.process = process;
        this.address = address;
        this.folder = folder;
    }

    /** What was asked of it, by how many connections, and what that cost it in CPU seconds. */
    record Load(int requests, int connections, double cpu) {}

    /** A moment. */
    record Mark(long log, double cpu) {}

    String address() {
        return address;
    }

    /** Files as they are, sent by the kernel: a registry that costs hardly anything, to pull from. */
    static Server files(Path folder, List<TestImage> images) throws Exception {
        StringBuilder places = new StringBuilder();
        for (TestImage image : images) {
            for (String tag : image.tags()) {
                Path layout = image.folder().resolve(tag);
                String blobs = folder.resolve("blobs").toString();
                Shell.run("mkdir -p $2; cp -lu $1/blobs/sha256/* $2/", layout, blobs);
                String digest =
                        dev.davit.oci.Digest.sha256(Blobs.manifest(layout)).encoded();
                for (String name : List.of(tag, "sha256:" + digest)) {
                    places.append("location = /v2/%s/manifests/%s { types {} default_type %s; alias %s/%s; }\n"
                            .formatted(image.name(), name, Blobs.MANIFEST, blobs, digest));
                }
            }
        }
        String address = freeAddress();
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off; master_process off; user root; pid FOLDER/pid; error_log FOLDER/errors;
                events {}
                http {
                    limit_rate LIMIT; sendfile on; tcp_nopush on; keepalive_requests 1000000; keepalive_timeout 600s;
                    types {} default_type application/octet-stream;
                    client_body_temp_path FOLDER/1; proxy_temp_path FOLDER/2; fastcgi_temp_path FOLDER/3;
                    uwsgi_temp_path FOLDER/4; scgi_temp_path FOLDER/5;
                    log_format requests '"$request" remoteaddr=$remote_addr:$remote_port';
                    access_log FOLDER/log requests;
                    server {
                        listen ADDRESS;
                        location = /v2/ { return 200 '{}'; }
                        location ~ ^/v2/[a-z]+/blobs/sha256:(?<hex>[0-9a-f]+)$ { alias FOLDER/blobs/$hex; }
                        PLACES
                    }
                }
                """.replace("FOLDER", folder.toString())
                .replace("LIMIT", System.getProperty("limit", "0"))
                .replace("ADDRESS", address)
                .replace("PLACES", places));
        return start(address, folder, "nginx", "-p", folder.toString(), "-c", configuration.toString());
    }

    /** docker-registry with an empty folder. */
    static Server registry(Path folder, String program) throws Exception {
        String address = freeAddress();
        Files.createDirectories(folder.resolve("data"));
        Path configuration =
                Files.writeString(folder.resolve("config.yml"), """
                version: 0.1
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "%s"}
                """.formatted(folder.resolve("data"), address));
        return start(address, folder, program, "serve", configuration.toString());
    }

    private static Server start(String address, Path folder, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OTEL_TRACES_EXPORTER", "none");
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        for (int i = 0; i < 500; i++) {
            try {
                new Socket(
                                InetAddress.getLoopbackAddress(),
                                Integer.parseInt(address.substring(address.indexOf(':') + 1)))
                        .close();
                return new Server(process, address, folder);
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        process.destroy();
        throw new IOException(command[0] + " does not listen: " + Files.readString(folder.resolve("log")));
    }

    private static String freeAddress() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + free.getLocalPort();
        }
    }

    /** Forgets all content of a registry. */
    void empty() throws Exception {
        Shell.run("rm -rf $1/*", folder.resolve("data"));
    }

    Mark mark() throws IOException {
        return new Mark(Files.size(folder.resolve("log")), Shell.cpu(process.pid()));
    }

    Load since(Mark mark) throws Exception {
        double cpu = Shell.cpu(process.pid()) - mark.cpu();
        TimeUnit.MILLISECONDS.sleep(100);
        String log;
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve("log").toFile(), "r")) {
            file.seek(mark.log());
            byte[] bytes = new byte[(int) (file.length() - mark.log())];
            file.readFully(bytes);
            log = new String(bytes, StandardCharsets.ISO_8859_1);
        }
        Set<String> connections = new HashSet<>();
        Matcher connection = CONNECTION.matcher(log);
        while (connection.find()) {
            connections.add(connection.group(1));
        }
        return new Load((int) REQUEST.matcher(log).results().count(), connections.size(), cpu);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
