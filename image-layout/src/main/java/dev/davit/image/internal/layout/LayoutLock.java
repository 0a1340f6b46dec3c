package dev.davit.image.internal.layout;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one at a time change the names of a layout, among the threads of this process and among processes.
 *
 * <p>The system's file locks belong to a process and end when <em>any</em> channel to the file is closed, so no two
 * threads may have the file open at once: a lock of this process is taken first. A process that dies loses its lock.
 */
public final class LayoutLock {
    /** A few locks serve all layouts; two layouts that share one only wait for each other more than they need to. */
    private static final ReentrantLock[] THREADS = new ReentrantLock[64];

    static {
        java.util.Arrays.setAll(THREADS, i -> new ReentrantLock());
    }

    private final Path folder;
    private final Path file;

    /**
     * A lock.
     *
     * @param folder a folder for the file that is locked; both are made when they are first needed
     * @param name name of the file, which is never deleted
     */
    public LayoutLock(Path folder, String name) {
        this.folder = folder;
        this.file = folder.resolve(name);
    }

    /** {@return what the action returns, which runs while nobody else holds the lock} */
    public <T> T hold(Supplier<T> action) {
        ReentrantLock threads = THREADS[Math.floorMod(key().hashCode(), THREADS.length)];
        threads.lock();
        try (FileChannel channel = open()) {
            lock(channel);
            return action.get();
        } catch (IOException e) {
            throw new StorageException("unlock", file, e);
        } finally {
            threads.unlock();
        }
    }

    /** Two paths of one layout must find the same lock. */
    private Path key() {
        try {
            Files.createDirectories(folder);
            return folder.toRealPath();
        } catch (IOException e) {
            throw new StorageException("lock", file, e);
        }
    }

    private FileChannel open() {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StorageException("lock", file, e);
        }
    }

    /** Held until the channel is closed. */
    private void lock(FileChannel channel) {
        try {
            channel.lock();
        } catch (IOException e) {
            throw new StorageException("lock", file, e);
        } catch (OverlappingFileLockException e) {
            throw new StorageException("lock", file, "another class loader of this process holds it", e);
        }
    }
}
