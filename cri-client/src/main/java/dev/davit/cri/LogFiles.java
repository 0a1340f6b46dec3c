package dev.davit.cri;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log of one container, and which of them were read. The kubelet renames {@code NAME} to {@code
 * NAME.20261122-083300} when it has become large, and compresses the one before it to {@code NAME.20261122-082300.gz}.
 * Files are told apart by how they begin. Not thread-safe.
 */
final class LogFiles {
    private final Path file;
    private final Set<ByteBuffer> seen = new HashSet<>();

    LogFiles(Path file) {
        this.file = file;
    }

    /** {@return the files that there are, the oldest first; the one that is written to is the last} */
    private List<Path> all() {
        Path current = resolved();
        String name = current.getFileName() + ".";
        Path folder = Objects.requireNonNull(current.toAbsolutePath().getParent());
        TreeMap<String, Path> rotated = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(each -> {
                String other = each.getFileName().toString();
                String time = other.startsWith(name) ? other.substring(name.length()) : "";
                if (time.matches("[0-9]{8}-[0-9]{6}(\\.gz)?")) {
                    // Of a file and its compressed form only one is finished: while both are there, it is the
                    // compressed one.
                    String plain = time.endsWith(".gz") ? time.substring(0, time.length() - 3) : time;
                    rotated.merge(plain, each, (one, two) -> LogSegment.isCompressed(one) ? one : two);
                }
            });
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
        List<Path> all = new ArrayList<>(rotated.values());
        all.add(current);
        return all;
    }

    /** Some runtimes write behind a link, and renamed files lie beside what it leads to. */
    private Path resolved() {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }

    /**
     * Opens the first file that was not read yet.
     *
     * @return the file, or null if all were read, or have nothing in them
     */
    @Nullable
    LogSegment next() {
        while (true) {
            Path gone = null;
            for (Path each : all()) {
                byte[] head = LogSegment.head(each);
                if (head.length > 0 && !seen.contains(ByteBuffer.wrap(head))) {
                    LogSegment segment = open(each, 0);
                    // It may have been renamed in between, and this be another one of its name.
                    if (segment != null
                            && ByteBuffer.wrap(LogSegment.head(each)).equals(ByteBuffer.wrap(head))) {
                        seen.add(ByteBuffer.wrap(head));
                        return segment;
                    }
                    if (segment != null) {
                        segment.close();
                    }
                    gone = each;
                    break;
                }
            }
            if (gone == null) {
                return null;
            }
        }
    }

    /** Opens a file where it is to be read from; from the beginning if it is another one by now. */
    private static @Nullable LogSegment open(Path file, long offset) {
        try {
            return LogSegment.open(file, offset);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    /** {@return the file that is written to by now, as something that can be compared} */
    @Nullable
    Object current() {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** {@return whether the file that is written to by now was opened already} */
    boolean isCurrentRead() {
        return seen.contains(ByteBuffer.wrap(LogSegment.head(file)));
    }

    /** Deletes the file, and what it was renamed to, compressed or half compressed. */
    void delete() {
        Path current = resolved();
        Path folder = Objects.requireNonNull(current.toAbsolutePath().getParent());
        String name = Pattern.quote(current.getFileName().toString());
        Pattern rotated = Pattern.compile(name + "\\.[0-9]{8}-[0-9]{6}(\\.gz)?(\\.tmp)?");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                if (rotated.matcher(each.getFileName().toString()).matches()) {
                    Files.deleteIfExists(each);
                }
            }
            Files.deleteIfExists(current);
            Files.deleteIfExists(file);
        } catch (NoSuchFileException e) {
            // the folder has gone, and all in it
        } catch (IOException e) {
            throw new StorageException("delete", file, e);
        }
    }

    /** Fails if there is no log at all. */
    void require() {
        if (!Files.isReadable(file)) {
            try {
                LogSegment.open(file, 0).close();
            } catch (FileSystemException e) {
                if (all().size() <= 1) {
                    throw new StorageException("read", file, e);
                }
            } catch (IOException e) {
                throw new StorageException("read", file, e);
            }
        }
    }

    /**
     * Takes files for read that have nothing later than some time.
     *
     * @param time the time
     */
    void skipBefore(Instant time) {
        List<Path> all = all();
        for (int i = 0; i + 1 < all.size(); i++) {
            Instant next = LogParser.timeOf(LogSegment.head(all.get(i + 1)));
            if (next == null || next.isAfter(time)) {
                return;
            }
            seen.add(ByteBuffer.wrap(LogSegment.head(all.get(i))));
        }
    }

    /**
     * Takes files for read that have none of the last lines, and opens the first one that has some, where they begin.
     *
     * @param lines how many lines
     * @return the file, or null if there is no line at all
     */
    @Nullable
    LogSegment tail(int lines) {
        List<Path> all = all();
        int missing = lines;
        for (int i = all.size() - 1; i >= 0; i--) {
            byte[] head = LogSegment.head(all.get(i));
            if (head.length == 0) {
                continue;
            }
            long at;
            try {
                at = LogSegment.tail(all.get(i), missing);
            } catch (IOException e) {
                // Renamed or removed meanwhile; what is read in full is right, too.
                return next();
            }
            if (at >= 0) {
                for (int before = 0; before <= i; before++) {
                    seen.add(ByteBuffer.wrap(LogSegment.head(all.get(before))));
                }
                return open(all.get(i), at);
            }
            missing = (int) -at;
        }
        return next();
    }
}
