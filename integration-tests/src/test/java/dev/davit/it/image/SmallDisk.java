package dev.davit.it.image;

import dev.davit.it.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory that is full, or read-only, when a test wants it to be. Takes root. */
final class SmallDisk {
    private SmallDisk() {}

    /** What is done while it is mounted. */
    interface OnDisk {
        /** Uses the disk. */
        void run(Path disk) throws IOException;
    }

    /**
     * Mounts one for the time of a test.
     *
     * @param folder where; a folder is made there
     * @param options of the file system, such as {@code size=1m}
     */
    static void with(Path folder, String options, OnDisk test) throws IOException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Command.of("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString())
                .run();
        try {
            test.run(disk);
        } finally {
            Command.of("umount", disk.toString()).run();
        }
    }

    /** From now on nothing can be written. */
    static void makeReadOnly(Path disk) {
        Command.of("mount", "-o", "remount,ro", disk.toString()).run();
    }
}
