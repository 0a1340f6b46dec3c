package dev.davit.oci.internal;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.ContentStore.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder of blobs named by their digests, as an image layout has it: {@code blobs/sha256/…}. A blob appears there by
 * an atomic rename, complete and synced, or not at all; what is being written lies in {@code .davit/} beside it. After a
 * crash of the machine it may be gone unless there was a {@link #sync} in between. Safe to share between threads, and
 * with other processes.
 *
 * <p>A file under the name of a blob may be wrong all the same: from a writer that did not sync, a damaged disk, a
 * hostile archive. So nobody takes its word. Reading verifies; {@link #put} verifies what it finds before it says that
 * it is there, once per file, and replaces what is wrong. Only {@link #contains} goes by type and size alone.
 */
public final class BlobDirectory {
    private static final int BUFFER = 128 * 1024;
    /** Of a blob that is not shorter than this, a part that has arrived is kept. */
    private static final long LARGE = 2 * 1024 * 1024;
    /** A blob that is younger than this is not made younger each time somebody refers to it. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private final Path folder;
    private final Path blobs;
    private final Path partial;
    private final boolean durable;
    private final Map<Digest, Version> verified = new ConcurrentHashMap<>();

    private BlobDirectory(Path folder, Path blobs, Path partial, boolean durable) {
        this.folder = folder;
        this.blobs = blobs;
        this.partial = partial;
        this.durable = durable;
    }

    /** What tells one state of a file from another without reading it. */
    private record Version(@Nullable Object file, FileTime modified) {
        static Version of(BasicFileAttributes attributes) {
            return new Version(attributes.fileKey(), attributes.lastModifiedTime());
        }
    }

    /**
     * The blobs of a folder, which need not exist before something is written.
     *
     * @param folder the folder that holds {@code blobs}
     * @return its blobs
     */
    public static BlobDirectory at(Path folder) {
        return at(folder.resolve("blobs"), folder.resolve(".davit"));
    }

    /**
     * The blobs in a folder that has another name.
     *
     * @param blobs the folder that holds {@code sha256/…}
     * @param partial a folder in the same file system, for what is being written; made when it is needed
     * @return its blobs
     */
    public static BlobDirectory at(Path blobs, Path partial) {
        return new BlobDirectory(blobs, blobs, partial, true);
    }

    /**
     * The blobs of a folder that is not meant to outlive a crash: nothing is synced.
     *
     * @param folder the folder that holds {@code blobs}
     * @return its blobs
     */
    public static BlobDirectory temporaryAt(Path folder) {
        return new BlobDirectory(folder, folder.resolve("blobs"), folder.resolve(".davit"), false);
    }

    /** {@return where a blob of this digest is, if it is there} */
    public Path path(Digest digest) {
        return blobs.resolve(digest.algorithm()).resolve(digest.encoded());
    }

    /** {@return whether there is a regular file of the right size for this content; its bytes are not looked at} */
    public boolean contains(Descriptor descriptor) {
        return find(descriptor) != null;
    }

    private @Nullable Version find(Descriptor descriptor) {
        Path file = path(descriptor.digest());
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
            return found.isRegularFile() && found.size() == descriptor.size() ? Version.of(found) : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new StorageException("look at", file, e);
        }
    }

    /** {@return a blob of this folder; it must exist when it is opened} */
    public Blob blob(Descriptor descriptor) {
        return new FileBlob(descriptor);
    }

    /** Takes in a blob unless it is there already, with the right bytes. */
    public Outcome put(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        if (holds(descriptor)) {
            return Outcome.EXISTED;
        }
        if (!durable || descriptor.size() < LARGE || !goOn(blob)) {
            try (Writer writer = new Writer(null)) {
                take(writer, VerifyingInputStream.of(blob.open(), descriptor, "its source"), descriptor);
            }
        }
        return Outcome.COPIED;
    }

    /**
     * Takes in a large blob, or what is missing of it if an earlier attempt came not to its end, in this process or in
     * another one.
     *
     * @return whether that was possible; if not, it has to be taken in from its beginning
     */
    private boolean goOn(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        Digest digest = descriptor.digest();
        PartialFile file = PartialFile.goingOn(partial, digest.algorithm() + "-" + digest.encoded())
                .orElse(null);
        if (file == null) {
            return false;
        }
        try (Writer writer = new Writer(null, file)) {
            long size = file.size();
            if (size >= descriptor.size()) {
                file.discard();
                return false;
            }
            Digester digester = digest.newDigester();
            file.read(digester);
            try {
                InputStream rest = size == 0
                        ? VerifyingInputStream.of(blob.open(), descriptor, "its source")
                        : VerifyingInputStream.goingOn(
                                blob.openRange(size, descriptor.size() - size), descriptor, "its source", digester);
                take(writer, rest, descriptor);
                return true;
            } catch (IntegrityException e) {
                file.discard();
                if (size == 0) {
                    throw e;
                }
                return false; // what was there may not have been synced before a crash
            }
        }
    }

    private void take(Writer writer, InputStream verifying, Descriptor descriptor) {
        try (InputStream in = verifying) {
            byte[] buffer = new byte[(int) Math.max(1, Math.min(descriptor.size(), BUFFER))];
            // what comes from the network comes in small pieces
            for (int n = in.readNBytes(buffer, 0, buffer.length); n > 0; n = in.readNBytes(buffer, 0, buffer.length)) {
                writer.write(buffer, 0, n);
            }
            writer.publish(descriptor.digest());
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
        }
    }

    private boolean holds(Descriptor descriptor) {
        Version found = find(descriptor);
        if (found == null) {
            return false;
        }
        if (found.equals(verified.get(descriptor.digest()))) {
            return renew(descriptor, found);
        }
        try (InputStream in = blob(descriptor).open()) {
            in.transferTo(OutputStream.nullOutputStream());
            verified.put(descriptor.digest(), found);
            return renew(descriptor, found);
        } catch (NotFoundException | IntegrityException e) {
            return false;
        } catch (IOException e) {
            throw new StorageException("read", path(descriptor.digest()), e);
        }
    }

    /**
     * Makes an old blob young, because somebody is about to refer to it: whoever deletes what nothing refers to spares
     * what is young.
     *
     * @return whether the blob is there still
     */
    private boolean renew(Descriptor descriptor, Version found) {
        Instant now = Instant.now();
        if (found.modified.toInstant().isAfter(now.minus(YOUNG))) {
            return true;
        }
        Path file = path(descriptor.digest());
        try {
            Files.getFileAttributeView(file, BasicFileAttributeView.class, NOFOLLOW_LINKS)
                    .setTimes(FileTime.from(now), null, null);
        } catch (IOException e) {
            // gone, as is seen below; or of another user, who has to know what may be deleted
        }
        Version renewed = find(descriptor);
        if (renewed != null && Objects.equals(renewed.file, found.file)) {
            verified.put(descriptor.digest(), renewed);
        }
        return renewed != null;
    }

    /**
     * Makes all blobs that are there outlive a crash of the machine, whoever wrote them. Until then one that was taken in
     * may be gone after a crash, though never be there in part; so this is called before anything refers to them.
     */
    public void sync() {
        try (DirectoryStream<Path> algorithms = Files.newDirectoryStream(blobs, Files::isDirectory)) {
            for (Path algorithm : algorithms) {
                PartialFile.syncDirectory(algorithm);
            }
        } catch (NoSuchFileException e) {
            // no blobs, no names
        } catch (DirectoryIteratorException e) {
            throw new StorageException("sync", blobs, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw new StorageException("sync", blobs, e);
        }
    }

    /** {@return a writer for content whose digest is not known yet} */
    public BlobWriter newBlob() {
        return new Writer(Digester.sha256());
    }

    /** Deletes the whole folder with everything in it; doing so again has no effect. */
    public void deleteFolder() {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            throw new StorageException("delete", folder, e);
        }
    }

    private final class FileBlob implements Blob {
        private final Descriptor descriptor;

        FileBlob(Descriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            Path file = path(descriptor.digest());
            return VerifyingInputStream.of(new FileInputStream(file, channel(file)), descriptor, file.toString());
        }

        @Override
        public InputStream openRange(long from, long length) {
            BoundedInputStream.requireRange(from, length);
            Path file = path(descriptor.digest());
            FileInputStream in = new FileInputStream(file, channel(file));
            in.position(Math.min(from, descriptor.size()));
            return new BoundedInputStream(in, length);
        }

        /** A channel of its own for each reader: an interrupt closes the channel it meets. */
        private SeekableByteChannel channel(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
                if (!attributes.isRegularFile()) {
                    throw new StorageException("read", file, "not a regular file", null);
                }
                if (attributes.size() != descriptor.size()) {
                    throw new IntegrityException(
                            file.toString(), descriptor.size() + " bytes", attributes.size() + " bytes");
                }
                return Files.newByteChannel(file, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS));
            } catch (NoSuchFileException e) {
                throw new NotFoundException("no blob " + descriptor + " in " + folder, e);
            } catch (IOException e) {
                throw new StorageException("read", file, e);
            }
        }
    }

    /** Writes into {@code .davit} and renames. Hashes only where nobody has verified the bytes before. */
    private final class Writer extends BlobWriter {
        private final @Nullable Digester digester;
        private final PartialFile file;
        private boolean open = true;

        Writer(@Nullable Digester digester) {
            this(digester, PartialFile.in(partial, durable));
        }

        Writer(@Nullable Digester digester, PartialFile file) {
            this.digester = digester;
            this.file = file;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            requireOpen();
            // a write that fails may have written a part, which the digest does not cover
            open = false;
            file.write(bytes, offset, length);
            if (digester != null) {
                digester.update(bytes, offset, length);
            }
            open = true;
        }

        @Override
        public Descriptor commit(MediaType mediaType) {
            requireOpen();
            Digester all = Objects.requireNonNull(digester);
            Descriptor descriptor = Descriptor.of(mediaType, all.digest(), all.size());
            publish(descriptor.digest());
            return descriptor;
        }

        void publish(Digest digest) {
            open = false;
            verified.put(digest, Version.of(file.publish(path(digest))));
        }

        private void requireOpen() {
            if (!open) {
                throw new IllegalStateException("this writer was committed or closed, or a write to it failed");
            }
        }

        @Override
        public void close() {
            open = false;
            file.close();
        }
    }
}
