package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.BlobDirectory;
import dev.davit.oci.internal.CacheFolder;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Content that is kept in a folder so that it need not be fetched again, as long as there is room: what has not been used
 * for the longest time is deleted first, also by other processes that use the folder. So what is here may be gone the next
 * moment, and this is a store for what can be had elsewhere.
 *
 * <p>Whatever happens to the folder, nobody gets wrong content: each blob is verified before it is first read, and fetched
 * again if it is damaged. A crash leaves no half blobs, and unfinished files, which are deleted a day later. A stream that
 * is open stays readable when its blob is deleted, on systems that allow that.
 *
 * <p>Safe to share between threads and processes; holds nothing open.
 */
public final class ContentCache implements ContentStore {
    private static final int ATTEMPTS = 3;

    private final Path folder;
    private final long maxBytes;
    private final BlobDirectory blobs;
    private final CacheFolder files;
    private final Map<Digest, ReentrantLock> fetching = new ConcurrentHashMap<>();

    private ContentCache(Path folder, long maxBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.blobs = BlobDirectory.temporaryAt(folder);
        this.files = new CacheFolder(folder, maxBytes);
    }

    /**
     * Opens a cache, or makes one.
     *
     * @param folder where its files are; made if it is missing
     * @param maxBytes how many bytes it keeps, about; processes that write at once exceed it for a while
     * @return the cache
     * @throws IllegalArgumentException if the number is not positive
     */
    public static ContentCache at(Path folder, long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("size of a cache: expected a positive number, got " + maxBytes);
        }
        return new ContentCache(folder, maxBytes);
    }

    /**
     * Looks here first. What is not here, or is damaged, is fetched and kept; only parts of blobs are not kept, nor is what
     * is larger than the cache. One fetch of a blob runs at a time, and whoever wants the same waits for it.
     *
     * @param origin where content is fetched from
     * @return the same content
     */
    public ContentSource over(ContentSource origin) {
        return descriptor -> new CachedBlob(descriptor, origin.blob(descriptor));
    }

    /**
     * Looks here first, as {@link #over(ContentSource)} does. What names stand for, and what
     * refers to something, is always asked of the origin.
     *
     * @param origin where content is fetched from, and names are known
     * @return the same content under the same names
     */
    public Source over(Source origin) {
        return new Source() {
            @Override
            public Descriptor resolve(String name) {
                return origin.resolve(name);
            }

            @Override
            public List<String> tags() {
                return origin.tags();
            }

            @Override
            public List<Descriptor> referrers(Digest subject) {
                return origin.referrers(subject);
            }

            @Override
            public Blob blob(Descriptor descriptor) {
                return new CachedBlob(descriptor, origin.blob(descriptor));
            }
        };
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return new CachedBlob(descriptor, blobs.blob(descriptor));
    }

    /**
     * Keeps a blob, for a time that nobody knows.
     *
     * @throws StorageException also if it is larger than the cache
     */
    @Override
    public Outcome put(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        if (descriptor.size() > maxBytes) {
            throw new StorageException(
                    "put " + descriptor + " into",
                    folder,
                    "it is larger than the cache of " + maxBytes + " bytes",
                    null);
        }
        ReentrantLock lock = fetching.computeIfAbsent(descriptor.digest(), digest -> new ReentrantLock());
        lockInterruptibly(lock, descriptor);
        try {
            Outcome outcome = blobs.put(blob);
            if (outcome == Outcome.COPIED) {
                files.added(descriptor.size());
            }
            return outcome;
        } finally {
            lock.unlock();
            if (!lock.hasQueuedThreads()) {
                fetching.remove(descriptor.digest(), lock);
            }
        }
    }

    private static void lockInterruptibly(ReentrantLock lock, Descriptor descriptor) {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(
                    Side.CALLER, descriptor, "interrupted while waiting for somebody else to fetch " + descriptor, e);
        }
    }

    /** {@return where the files are} */
    public Path folder() {
        return folder;
    }

    /** {@return how many bytes are kept, about} */
    public long maxBytes() {
        return maxBytes;
    }

    /** {@return where the cache is} */
    @Override
    public String toString() {
        return "cache " + folder;
    }

    /** What is here, or at the origin. */
    private final class CachedBlob implements Blob {
        private final Descriptor descriptor;
        private final Blob origin;

        CachedBlob(Descriptor descriptor, Blob origin) {
            this.descriptor = descriptor;
            this.origin = origin;
        }

        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            for (int i = 0; i < ATTEMPTS && descriptor.size() <= maxBytes; i++) {
                put(origin);
                try {
                    return here().open();
                } catch (NotFoundException e) {
                    // somebody needed the room
                }
            }
            return origin.open();
        }

        @Override
        public InputStream openRange(long from, long length) {
            if (blobs.contains(descriptor)) {
                try {
                    return here().openRange(from, length);
                } catch (NotFoundException e) {
                    // somebody needed the room
                }
            }
            return origin.openRange(from, length);
        }

        private Blob here() {
            files.use(blobs.path(descriptor.digest()));
            return blobs.blob(descriptor);
        }

        @Override
        public Optional<String> origin() {
            return origin.origin();
        }
    }
}
