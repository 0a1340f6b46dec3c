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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder of blobs named by their digests, as an image layout has it: {@code blobs/sha256/…}. A blob appears there by
 * an atomic rename, complete and synced, or not at all; what is being written lies in {@code .davit/} beside it.
 */
public final class BlobDirectory {
    private static final int BUFFER = 128 * 1024;

    private final Path folder;
    private final Path blobs;
    private final Path partial;

    private BlobDirectory(Path folder) {
        this.folder = folder;
        this.blobs = folder.resolve("blobs");
        this.partial = folder.resolve(".davit");
    }

    /**
     * The blobs of a folder, which need not exist before something is written.
     *
     * @param folder the folder that holds {@code blobs}
     * @return its blobs
     */
    public static BlobDirectory at(Path folder) {
        return new BlobDirectory(folder);
    }

    /** {@return where a blob of this digest is, if it is there} */
    public Path path(Digest digest) {
        return blobs.resolve(digest.algorithm()).resolve(digest.encoded());
    }

    /** {@return whether there is a regular file of the right size for this content} */
    public boolean contains(Descriptor descriptor) {
        try {
            BasicFileAttributes file =
                    Files.readAttributes(path(descriptor.digest()), BasicFileAttributes.class, NOFOLLOW_LINKS);
            return file.isRegularFile() && file.size() == descriptor.size();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new StorageException("look at", path(descriptor.digest()), e);
        }
    }

    /** {@return a blob of this folder; it must exist when it is opened} */
    public Blob blob(Descriptor descriptor) {
        return new FileBlob(descriptor);
    }

    /** Takes in a blob unless it is there already. */
    public Outcome put(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        if (contains(descriptor)) {
            return Outcome.EXISTED;
        }
        try (InputStream in = VerifyingInputStream.of(blob.open(), descriptor, "its source");
                Writer writer = new Writer(null)) {
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                writer.write(buffer, 0, n);
            }
            writer.publish(descriptor.digest());
            return Outcome.COPIED;
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
        }
    }

    /** {@return a writer for content whose digest is not known yet} */
    public BlobWriter newBlob() {
        return new Writer(Digester.sha256());
    }

    /** Deletes the whole folder with everything in it. */
    public void deleteFolder() {
        if (!Files.exists(folder, NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException error)
                        throws IOException {
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
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
            return VerifyingInputStream.of(
                    new FileInputStream(path(descriptor.digest()), channel()),
                    descriptor,
                    path(descriptor.digest()).toString());
        }

        @Override
        public InputStream openRange(long from, long length) {
            SeekableByteChannel channel = channel();
            try {
                channel.position(Math.min(from, descriptor.size()));
            } catch (IOException e) {
                throw new StorageException("read", path(descriptor.digest()), e);
            }
            return new BoundedInputStream(new FileInputStream(path(descriptor.digest()), channel), length);
        }

        /** A channel of its own for each reader: an interrupt closes the channel it meets. */
        private SeekableByteChannel channel() {
            Path file = path(descriptor.digest());
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
        private final Path file;
        private final FileChannel channel;
        private boolean published;

        Writer(@Nullable Digester digester) {
            this.digester = digester;
            try {
                Files.createDirectories(partial);
                this.file = Files.createTempFile(partial, "blob-", ".partial");
                this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new StorageException("write to", partial, e);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            } catch (IOException e) {
                throw new StorageException("write", file, e);
            }
            if (digester != null) {
                digester.update(bytes, offset, length);
            }
        }

        @Override
        public Descriptor commit(MediaType mediaType) {
            if (digester == null || published) {
                throw new IllegalStateException("committed already");
            }
            long size = digester.size();
            Descriptor descriptor = Descriptor.of(mediaType, digester.digest(), size);
            publish(descriptor.digest());
            return descriptor;
        }

        /** File first, then its directory: after a crash there is the whole blob or none. */
        void publish(Digest digest) {
            Path target = path(digest);
            Path parent = blobs.resolve(digest.algorithm());
            try {
                channel.force(true);
                channel.close();
                Files.createDirectories(parent);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
                Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
                published = true;
                syncDirectory(parent);
            } catch (IOException e) {
                throw new StorageException("write", target, e);
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
                if (!published) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new StorageException("delete", file, e);
            }
        }
    }

    /** Makes a rename in a directory durable. */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
