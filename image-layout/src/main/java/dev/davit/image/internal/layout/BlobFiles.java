package dev.davit.image.internal.layout;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.oci.Digest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The files of a layout in which blobs are or should become ones: all of them, whatever refers to them. */
final class BlobFiles {
    private final Path blobs;
    private final Path scratch;

    /**
     * The files of a layout.
     *
     * @param folder where its blobs are
     */
    BlobFiles(BlobFolder folder) {
        this.blobs = folder.blobs();
        this.scratch = folder.scratch();
    }

    /**
     * A file, as it was when it was looked at.
     *
     * @param digest what its name says; null if that is no digest
     */
    record BlobFile(Path path, @Nullable Digest digest, BasicFileAttributes attributes) {
        Digest requireDigest() {
            return Objects.requireNonNull(digest);
        }

        long size() {
            return attributes.size();
        }

        boolean isOlderThan(Instant limit) {
            return attributes.lastModifiedTime().toInstant().isBefore(limit);
        }
    }

    /**
     * Looks at what is in the folder of blobs, sorted by name. There may be very many, so of all only their names are in
     * memory at once.
     */
    void forEach(Consumer<BlobFile> visit) {
        for (Path name : children(blobs)) {
            Path algorithm = blobs.resolve(name);
            if (isOurs(name)) {
                continue;
            }
            if (!Files.isDirectory(algorithm, NOFOLLOW_LINKS)) {
                look(algorithm, null, visit);
                continue;
            }
            for (Path file : children(algorithm)) {
                look(algorithm.resolve(file), digest(name, file), visit);
            }
        }
    }

    /** {@return the folders in which blobs are, and when a name in each of them changed last} */
    Map<Path, FileTime> times() {
        Map<Path, FileTime> times = new HashMap<>();
        for (Path name : children(blobs)) {
            Path algorithm = blobs.resolve(name);
            if (!isOurs(name)) {
                look(
                        algorithm,
                        null,
                        file -> times.put(algorithm, file.attributes().lastModifiedTime()));
            }
        }
        return times;
    }

    private static boolean isOurs(Path name) {
        return name.toString().equals(BlobFolder.SCRATCH);
    }

    /** Looks at files that were never finished. */
    void forEachUnfinished(Consumer<BlobFile> visit) {
        for (Path name : children(scratch)) {
            if (name.toString().endsWith(".partial")) {
                look(scratch.resolve(name), null, visit);
            }
        }
    }

    private static List<Path> children(Path folder) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(child -> children.add(child.getFileName()));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return children;
        } catch (DirectoryIteratorException e) {
            throw new StorageException("read", folder, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
        children.sort(null);
        return children;
    }

    private static void look(Path file, @Nullable Digest digest, Consumer<BlobFile> visit) {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // somebody took it away just now
            return;
        } catch (IOException e) {
            throw new StorageException("look at", file, e);
        }
        visit.accept(new BlobFile(file, digest, attributes));
    }

    private static @Nullable Digest digest(Path algorithm, Path file) {
        try {
            return Digest.parse(algorithm + ":" + file);
        } catch (MalformedContentException e) {
            return null;
        }
    }

    /**
     * Deletes a file unless it is in use again. Who finds a blob and means to refer to it makes it young first and then
     * looks whether it is still there; so it is taken from its place before its age is looked at for the last time.
     *
     * @return whether it is gone
     */
    boolean deleteIfOlder(BlobFile file, Instant limit) {
        Path taken = scratch.resolve(UUID.randomUUID() + ".partial");
        try {
            Files.move(file.path(), taken, StandardCopyOption.ATOMIC_MOVE);
            BasicFileAttributes now = Files.readAttributes(taken, BasicFileAttributes.class, NOFOLLOW_LINKS);
            if (now.lastModifiedTime().toInstant().isBefore(limit)) {
                Files.delete(taken);
                return true;
            }
            Files.move(taken, file.path(), StandardCopyOption.ATOMIC_MOVE);
            return false;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new StorageException("delete", file.path(), e);
        }
    }

    /** Takes a file away from the blobs, without losing it. */
    void quarantine(BlobFile file) {
        Path folder = scratch.resolve("quarantine");
        try {
            Files.createDirectories(folder);
            String name = file.path().getFileName() + "." + UUID.randomUUID();
            Files.move(file.path(), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // gone already
        } catch (IOException e) {
            throw new StorageException("move away", file.path(), e);
        }
    }
}
