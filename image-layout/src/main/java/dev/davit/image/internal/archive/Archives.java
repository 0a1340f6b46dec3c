package dev.davit.image.internal.archive;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** Writes archives: the same images give the same bytes. */
public final class Archives {
    private Archives() {}

    /** Writes image layouts. */
    public static void writeOci(Path file, List<ArchiveItem> items) {
        ArchiveTarget.write(file, new OciContent(items)::write);
    }

    /** Writes image layouts into a stream. */
    public static void writeOci(OutputStream out, List<ArchiveItem> items) {
        ArchiveTarget.write(out, new OciContent(items)::write);
    }

    /** Writes what {@code docker save} writes. */
    public static void writeDocker(Path file, List<ArchiveItem> items) {
        ArchiveTarget.write(file, new DockerContent(items)::write);
    }

    /** Writes what {@code docker save} writes into a stream. */
    public static void writeDocker(OutputStream out, List<ArchiveItem> items) {
        ArchiveTarget.write(out, new DockerContent(items)::write);
    }
}
