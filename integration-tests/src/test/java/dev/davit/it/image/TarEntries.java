package dev.davit.it.image;

import dev.davit.image.internal.Names;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The entries of a tar archive with all their fields, as lines that can be compared. */
final class TarEntries {
    private TarEntries() {}

    /** {@return what Davit reads, entry by entry} */
    static List<String> davit(Path archive) throws IOException {
        List<String> entries = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive))) {
            TarReader reader = new TarReader(in, TarLimits.DEFAULT);
            byte[] buffer = new byte[1 << 16];
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                long bytes = 0;
                int hash = 0;
                for (int n = reader.read(buffer, 0, buffer.length); n >= 0; n = reader.read(buffer, 0, buffer.length)) {
                    bytes += n;
                    for (int i = 0; i < n; i++) {
                        hash = 31 * hash + buffer[i];
                    }
                }
                entries.add(String.join(
                        "|",
                        entry.type().toString(),
                        plain(lossy(entry.name())),
                        plain(lossy(entry.linkTarget())),
                        Integer.toOctalString(entry.mode()),
                        entry.uid() + ":" + entry.gid(),
                        entry.size() + "/" + bytes + "#" + hash,
                        Instant.ofEpochSecond(entry.mtimeSeconds(), entry.mtimeNanos())
                                .toString(),
                        entry.deviceMajor() + "," + entry.deviceMinor()));
            }
        }
        return entries;
    }

    /** {@return the same as Commons Compress reads it} */
    static List<String> commonsCompress(Path archive) throws IOException {
        List<String> entries = new ArrayList<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(archive)), "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] data = in.readAllBytes();
                int hash = 0;
                for (byte b : data) {
                    hash = 31 * hash + b;
                }
                entries.add(String.join(
                        "|",
                        type(entry),
                        plain(entry.getName()),
                        plain(entry.getLinkName()),
                        Integer.toOctalString(entry.getMode() & 07777),
                        // GNU tar writes the highest numbers as if they were negative
                        unsigned(entry.getLongUserId()) + ":" + unsigned(entry.getLongGroupId()),
                        (entry.isFile() ? entry.getSize() : 0) + "/" + data.length + "#" + hash,
                        entry.getLastModifiedTime().toInstant().toString(),
                        entry.getDevMajor() + "," + entry.getDevMinor()));
            }
        }
        return entries;
    }

    private static long unsigned(long id) {
        return id & 0xffff_ffffL;
    }

    private static String type(TarArchiveEntry entry) {
        if (entry.isDirectory()) {
            return "directory";
        }
        if (entry.isSymbolicLink()) {
            return "symbolic link";
        }
        if (entry.isLink()) {
            return "hard link";
        }
        if (entry.isCharacterDevice()) {
            return "character device";
        }
        if (entry.isBlockDevice()) {
            return "block device";
        }
        return entry.isFIFO() ? "FIFO" : "file";
    }

    private static String lossy(String name) {
        return new String(Names.encode(name), StandardCharsets.UTF_8);
    }

    /** Commons Compress has question marks for bytes that are not UTF-8, and adds a slash to directories. */
    private static String plain(String name) {
        return name.replaceAll("[^\\x00-\\x3e\\x40-\\x7f]+", "?").replaceAll("/+$", "");
    }
}
