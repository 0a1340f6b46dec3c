package dev.davit.image.internal.layout;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.oci.DavitException;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Lets one at a time change the names of a layout, among the threads of this process and among processes. A process that
 * dies loses its lock.
 *
 * <p>The system's file locks belong to a process and end when <em>any</em> channel to the file is closed, so no two
 * threads may have the file open at once: a monitor of this process is taken first.
 *
 * <p>There are file systems whose locks are seen by one machine alone, or do nothing, and no system call tells. So
 * whoever gets the lock writes a word of its own into a second file and looks, before it changes something and when it is
 * through, whether the word is there still. Whoever enters although the lock is held replaces the word: of two that
 * overlap at least the first fails, and a crash leaves nothing that would have to be cleared.
 */
public final class LayoutLock {
    private static final String ADVICE =
            "; keep layouts where files can be locked: on a local disk, or on NFS mounted with locks";
    private static final Duration PAUSE = Duration.ofMillis(10);

    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, NOFOLLOW_LINKS);

    private final Path folder;
    private final Path file;
    private final Path holder;
    private final Locking locking;

    /** How a file is locked until its channel is closed. */
    interface Locking {
        /** Waits until the lock is free, and takes it. */
        void lock(FileChannel channel) throws IOException;
    }

    /**
     * A lock.
     *
     * @param folder a folder for the file that is locked; both are made when they are first needed and stay
     */
    public LayoutLock(Path folder) {
        this(folder, FileChannel::lock);
    }

    LayoutLock(Path folder, Locking locking) {
        this.folder = folder;
        this.file = folder.resolve("lock");
        this.holder = folder.resolve("holder");
        this.locking = locking;
    }

    /**
     * Runs something while nobody else holds the lock.
     *
     * @param action gets what it has to call right before it changes something: it throws if somebody else entered
     * @return what the action returns
     * @throws StorageException if the file system cannot lock, or somebody else came in meanwhile
     */
    public <T> T hold(Function<Runnable, T> action) {
        synchronized (monitor()) {
            try (FileChannel channel = open(file)) {
                lock(channel);
                String word = UUID.randomUUID().toString();
                write(word);
                T result = action.apply(() -> requireHeld(word));
                requireHeld(word);
                return result;
            } catch (IOException e) {
                throw new StorageException("unlock", file, e);
            }
        }
    }

    /**
     * Two paths of one layout must find the same monitor, and so must two class loaders that both have this class: equal
     * strings that are interned are one object in the whole process, which stays only as long as it is in use.
     */
    private Object monitor() {
        try {
            BasicFileAttributes found = look();
            if (!found.isDirectory()) {
                throw new StorageException("lock", file, "expected a directory around it, got a link", null);
            }
            Object key = found.fileKey() == null ? folder.toRealPath() : found.fileKey();
            return ("dev.davit lock of " + key).intern();
        } catch (IOException e) {
            throw new StorageException("lock", file, e);
        }
    }

    private BasicFileAttributes look() throws IOException {
        try {
            return Files.readAttributes(folder, BasicFileAttributes.class, NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            Files.createDirectories(folder);
            return Files.readAttributes(folder, BasicFileAttributes.class, NOFOLLOW_LINKS);
        }
    }

    /** A pipe would make us wait for its other end. */
    private static FileChannel open(Path file) {
        try {
            if (!Files.isRegularFile(file, NOFOLLOW_LINKS) && Files.exists(file, NOFOLLOW_LINKS)) {
                throw new StorageException("lock", file, "not a regular file", null);
            }
            return FileChannel.open(file, OPTIONS);
        } catch (IOException | UnsupportedOperationException e) {
            throw new StorageException("lock", file, e);
        }
    }

    private void lock(FileChannel channel) {
        while (true) {
            try {
                locking.lock(channel);
                return;
            } catch (OverlappingFileLockException e) {
                pause();
            } catch (FileLockInterruptionException | ClosedByInterruptException e) {
                throw new StorageException("lock", file, e);
            } catch (IOException | UnsupportedOperationException e) {
                String reason = e.getMessage() == null ? "locks are not supported" : e.getMessage();
                throw new StorageException("lock", file, reason + ADVICE, e);
            }
        }
    }

    /**
     * This process has the lock by another path, as through a second mount. To give up, and close the channel, would end
     * the lock of the other.
     */
    private void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("lock", file, "the thread was interrupted", e);
        }
    }

    /** In place: another machine may remember for seconds which file a name stood for, but not what is in it. */
    private void write(String word) {
        try (FileChannel channel = open(holder)) {
            ByteBuffer buffer = US_ASCII.encode(word);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new StorageException("write", holder, e);
        }
    }

    private void requireHeld(String word) {
        String found;
        try {
            found = new String(SmallFiles.read(holder, word.length()), US_ASCII);
        } catch (DavitException e) {
            throw new StorageException("keep the lock", file, String.valueOf(e.getMessage()), e);
        }
        if (!found.equals(word)) {
            throw new StorageException(
                    "keep the lock",
                    file,
                    "somebody else changed the layout at the same time, so its file system does not lock; a change may be"
                            + " lost"
                            + ADVICE,
                    null);
        }
    }
}
