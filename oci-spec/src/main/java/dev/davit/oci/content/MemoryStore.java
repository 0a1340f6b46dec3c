package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.ReferrerIndex;
import dev.davit.oci.internal.Text;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LocalStore} and {@link Repository} on the heap: for small images, and for tests. All of its content together,
 * with what is being written, is bounded; nothing is ever deleted. Safe to share between threads.
 */
public final class MemoryStore implements LocalStore, Repository {
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final long maxBytes;
    private final Map<Digest, byte[]> blobs = new HashMap<>();
    private final Map<Digest, Descriptor> documents = new HashMap<>();
    private final TreeMap<String, Descriptor> names = new TreeMap<>();
    private final ReferrerIndex referrers = new ReferrerIndex();
    private long bytes;

    MemoryStore(long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("size of a store: expected no negative number, got " + maxBytes);
        }
        this.maxBytes = maxBytes;
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return new StoredBlob(descriptor);
    }

    /** Looks the content up when it is opened: it may have been put there since. */
    private final class StoredBlob implements Blob {
        private final Descriptor descriptor;

        StoredBlob(Descriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            return found().open();
        }

        @Override
        public InputStream openRange(long from, long length) {
            return found().openRange(from, length);
        }

        private ByteBlob found() {
            byte[] content = content(descriptor.digest());
            if (content == null) {
                throw new NotFoundException("no blob " + descriptor + " in " + MemoryStore.this);
            }
            return new ByteBlob(descriptor, content);
        }
    }

    private synchronized byte @Nullable [] content(Digest digest) {
        return blobs.get(digest);
    }

    private synchronized boolean has(Descriptor descriptor) {
        byte[] content = blobs.get(descriptor.digest());
        return content != null && content.length == descriptor.size();
    }

    /**
     * {@inheritDoc}
     *
     * @throws StorageException if there is no room for it
     */
    @Override
    public Outcome put(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        if (has(descriptor)) {
            return Outcome.EXISTED;
        }
        reserve(descriptor.size());
        long reserved = descriptor.size();
        try (InputStream in = VerifyingInputStream.of(blob.open(), descriptor, "its source")) {
            byte[] content = in.readAllBytes();
            reserved = 0;
            keep(descriptor, content);
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
        } finally {
            release(reserved);
        }
        return Outcome.COPIED;
    }

    private synchronized void reserve(long size) {
        if (size > MAX_ARRAY || size > maxBytes - bytes) {
            throw new StorageException(
                    "write to",
                    Path.of("memory"),
                    "expected at most " + maxBytes + " bytes in the store, got " + bytes + " and " + size + " more",
                    null);
        }
        bytes += size;
    }

    private synchronized void release(long size) {
        bytes -= size;
    }

    /** Makes content, for which there is room, a part of the store; room that is not needed is given back. */
    private synchronized void keep(Descriptor descriptor, byte[] content) {
        if (blobs.putIfAbsent(descriptor.digest(), content) != null) {
            release(content.length);
        }
        if (descriptor.mediaType().isDocument()) {
            documents.put(
                    descriptor.digest(), Descriptor.of(descriptor.mediaType(), descriptor.digest(), content.length));
            try {
                Document document = Document.parse(descriptor.mediaType(), content);
                referrers.add(document, descriptor.digest());
            } catch (MalformedContentException e) {
                // a store keeps bytes, whatever they mean; who reads them will see
            }
        }
    }

    @Override
    public BlobWriter newBlob() {
        return new Writer();
    }

    private final class Writer extends BlobWriter {
        private @Nullable ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(byte[] content, int offset, int length) {
            ByteArrayOutputStream open = requireOpen();
            if (length > MAX_ARRAY - open.size()) {
                throw new StorageException("write to", Path.of("memory"), "too long for one blob", null);
            }
            reserve(length);
            open.write(content, offset, length);
        }

        @Override
        public Descriptor commit(MediaType mediaType) {
            byte[] content = requireOpen().toByteArray();
            written = null;
            Descriptor descriptor = Descriptor.of(mediaType, content);
            keep(descriptor, content);
            return descriptor;
        }

        private ByteArrayOutputStream requireOpen() {
            if (written == null) {
                throw new IllegalStateException("this writer was committed or closed");
            }
            return written;
        }

        @Override
        public void close() {
            if (written != null) {
                release(written.size());
                written = null;
            }
        }
    }

    @Override
    public synchronized Descriptor resolve(String name) {
        return Optional.ofNullable(names.get(name))
                .or(() -> documents.values().stream()
                        .filter(document -> document.digest().toString().equals(name))
                        .findFirst())
                .orElseThrow(() -> new NotFoundException("no image " + Text.quote(name) + " in " + this));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the descriptor is that of something else, or the name is empty
     */
    @Override
    public synchronized void tag(Descriptor descriptor, String name) {
        if (!descriptor.mediaType().isDocument() || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected a name for a manifest or an index, got " + Text.quote(name) + " for " + descriptor);
        }
        if (!has(descriptor)) {
            throw new NotFoundException("cannot name " + descriptor + ": it is not in " + this);
        }
        names.put(name, descriptor);
    }

    @Override
    public synchronized List<String> tags() {
        return List.copyOf(names.keySet());
    }

    @Override
    public List<Descriptor> referrers(Digest subject) {
        return referrers.of(subject, this);
    }

    /** {@return how much is in the store} */
    @Override
    public synchronized String toString() {
        return "memory (" + bytes + " of " + maxBytes + " bytes)";
    }
}
