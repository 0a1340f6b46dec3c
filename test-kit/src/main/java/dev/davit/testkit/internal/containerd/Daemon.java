package dev.davit.testkit.internal.containerd;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process of a containerd. */
final class Daemon {
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final int SECONDS_TO_STOP = 10;
    private static final int LOG_TAIL = 32 << 10;

    private final Process process;

    private Daemon(Process process) {
        this.process = process;
    }

    /** Starts the daemon; it takes some time until it listens. */
    static Daemon start(Programs programs, InstanceFolder folder) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            // Ctrl-C at a terminal goes to all that was started from it; the daemon must still be there to clean up.
            command.add(SETSID.toString());
        }
        command.addAll(List.of(
                programs.containerd().toString(),
                "--config",
                folder.configuration().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.log().toFile()));
        builder.environment().put("PATH", programs.path());
        builder.environment().keySet().removeIf(name -> name.startsWith("CONTAINERD_") || name.equals("NOTIFY_SOCKET"));
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new Daemon(process);
        } catch (IOException e) {
            throw new StorageException("run", programs.containerd(), e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Asks the daemon to end, and makes it end if it does not listen. Its pods go on running. */
    void stop() {
        try {
            process.destroy();
            if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the daemon as a crash would. Its pods go on running. */
    void kill() {
        try {
            process.destroyForcibly().waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return the end of what the daemon has logged} */
    static String log(InstanceFolder folder) {
        try (SeekableByteChannel file = Files.newByteChannel(folder.log())) {
            ByteBuffer tail = ByteBuffer.allocate((int) Math.min(LOG_TAIL, file.size()));
            file.position(file.size() - tail.capacity());
            while (tail.hasRemaining() && file.read(tail) >= 0) {
                // reads on
            }
            return new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
