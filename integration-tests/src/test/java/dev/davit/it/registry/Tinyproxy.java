package dev.davit.it.registry;

import dev.davit.it.Parts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Debian's tinyproxy on the loopback address, which wants a password, and knows, as nobody else does, that {@code
 * registry.test} is this machine. Closing it ends it.
 */
final class Tinyproxy implements AutoCloseable {
    private static final String LOGIN = "bob:sesame";
    private static final int MAX_SECONDS = 20;

    private final Process process;
    private final Path log;
    private final int port;

    private Tinyproxy(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    static Tinyproxy start(Path folder) throws IOException, InterruptedException {
        Parts.requireRoot();
        Path program = Parts.program("tinyproxy");
        Files.createDirectories(folder);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost registry.test\n");
        Path log = folder.resolve("log");
        Path configuration =
                Files.writeString(folder.resolve("conf"), """
                Port %d
                Listen 127.0.0.1
                LogFile "%s"
                LogLevel Connect
                BasicAuth %s
                """.formatted(port, log, LOGIN.replace(':', ' ')));
        // in a name space of mounts of its own, for a file of names of its own
        Process process = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mount --bind \"$1\" /etc/hosts && exec \"$2\" -d -c \"$3\"",
                        "sh",
                        hosts.toString(),
                        program.toString(),
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        Tinyproxy proxy = new Tinyproxy(process, log, port);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return proxy;
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        proxy.close();
        throw new AssertionError("tinyproxy does not listen: " + Files.readString(folder.resolve("output")));
    }

    /** {@return how it is reached, by who knows the password} */
    String url() {
        return "http://" + LOGIN + "@127.0.0.1:" + port;
    }

    /** {@return the same with another password} */
    String wrongUrl() {
        return "http://bob:s3cr3t@127.0.0.1:" + port;
    }

    /** {@return what went through} */
    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
