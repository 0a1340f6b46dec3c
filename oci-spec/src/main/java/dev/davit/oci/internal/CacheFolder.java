package dev.davit.oci.internal;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A folder whose files can be made again, and are deleted when together they become too many bytes: those first that have
 * not been used for the longest time. The time of a file's last use is its modification time, so all processes that use
 * the folder agree on it. Safe to share between threads, and with other processes.
 *
 * <p>Sizes are added up from time to time, not for each file: processes that write at once may exceed the limit together
 * for a while, each by a tenth of it.
 */
public final class CacheFolder {
    /** A file that was used less than this ago is not marked again. */
    private static final Duration RECENT = Duration.ofMinutes(1);
    /** Nobody writes a file for longer. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path folder;
    private final Path derived;
    private final Path partial;
    private final long maxBytes;
    /** How many bytes may be written until sizes are added up again. */
    private long budget;

    /**
     * A folder, which need not exist before something is written.
     *
     * @param folder the folder
     * @param maxBytes how many bytes its files may have together
     */
    public CacheFolder(Path folder, long maxBytes) {
        this.folder = folder;
        this.derived = folder.resolve("derived");
        this.partial = folder.resolve(".davit");
        this.maxBytes = maxBytes;
    }

    /** Notes that a file is being used; without effect if there is none. */
    public void use(Path file) {
        try {
            Instant now = Instant.now();
            if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(RECENT))) {
                Files.setLastModifiedTime(file, FileTime.from(now));
            }
        } catch (IOException e) {
            // gone, which its user will see; or of another user, and then it is the other's use that counts
        }
    }

    /** {@return a file that was made of content, if it is there; another process may delete it at any time} */
    public Optional<Path> find(String name) {
        Path file = derived.resolve(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        use(file);
        return Optional.of(file);
    }

    /** Writes a file. */
    public interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /**
     * Makes a file of content, whole or not at all.
     *
     * @param name its name, without slashes
     * @param writing writes it
     * @return where it is; another process may delete it at any time
     * @throws IOException if what writes it fails
     * @throws StorageException if it cannot be written
     */
    public Path make(String name, Writing writing) throws IOException {
        Path file = derived.resolve(name);
        try (PartialFile making = PartialFile.in(partial, false)) {
            writing.to(new OutputStream() {
                @Override
                public void write(int b) {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    making.write(bytes, offset, length);
                }
            });
            long size = making.publish(file).size();
            added(size);
        }
        return file;
    }

    /** Deletes a file that turned out to be worth nothing. */
    public void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StorageException("delete", file, e);
        }
    }

    /** Notes that a file was written, and makes room if there is too little. */
    public synchronized void added(long bytes) {
        budget -= bytes;
        if (budget < 0) {
            long total = makeRoom();
            budget = Math.max(Math.min(maxBytes - total, maxBytes / 10), 0);
        }
    }

    /** A file that may be deleted. */
    private record Candidate(Path file, long size, FileTime used) {}

    /** {@return how many bytes there are now} */
    private long makeRoom() {
        List<Candidate> files = new ArrayList<>();
        try {
            list(files);
            long total = files.stream().mapToLong(Candidate::size).sum();
            files.sort(Comparator.comparing(Candidate::used));
            // the last is what was just written
            for (int i = 0; i < files.size() - 1 && total > maxBytes; i++) {
                Files.deleteIfExists(files.get(i).file());
                total -= files.get(i).size();
            }
            return total;
        } catch (IOException e) {
            throw new StorageException("make room in", folder, e);
        }
    }

    private void list(List<Candidate> files) throws IOException {
        Instant abandoned = Instant.now().minus(ABANDONED);
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.startsWith(partial)) {
                    files.add(new Candidate(file, attributes.size(), attributes.lastModifiedTime()));
                } else if (attributes.lastModifiedTime().toInstant().isBefore(abandoned)) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            /** Other processes delete, too. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }
}
