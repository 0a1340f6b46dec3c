package dev.davit.it.registry;

import dev.davit.it.Command;
import dev.davit.it.Parts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A skopeo that knows only what it has seen itself. It remembers where it has met blobs, for all processes of a user, and
 * what it uploads, mounts or skips depends on that; here its memory is a folder of the test, where the machine lets us.
 */
final class SkopeoOfItsOwn {
    private static final String MEMORY_OF_ROOT = "/var/lib/containers";

    private final Path memory;
    private final boolean mounts;

    SkopeoOfItsOwn(Path memory) {
        this.memory = memory;
        try {
            Files.createDirectories(memory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.mounts = Parts.isRoot()
                && Files.isDirectory(Path.of(MEMORY_OF_ROOT))
                && Files.isExecutable(Path.of("/usr/bin/unshare"))
                && withMemory("true").runAnyhow().exitCode() == 0;
    }

    Command command(String... arguments) {
        Parts.require("skopeo");
        Command command = mounts ? withMemory("skopeo") : Command.of("skopeo");
        return command.with(arguments).env("XDG_DATA_HOME", memory.toString());
    }

    /** The mount ends together with the namespace, and that with the program. */
    private Command withMemory(String program) {
        return Command.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind \"$0\" " + MEMORY_OF_ROOT + " && exec \"$@\"",
                memory.toString(),
                program);
    }
}
