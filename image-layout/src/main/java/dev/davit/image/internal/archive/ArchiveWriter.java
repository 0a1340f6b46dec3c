package dev.davit.image.internal.archive;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarWriter;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.BlobDirectory;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A tar file in the making: written under another name beside its place, and there only when it is whole and synced.
 * For one thread.
 */
final class ArchiveWriter implements AutoCloseable {
    private final Path target;
    private final Path folder;
    private final Path partial;
    private final FileChannel channel;
    private final TarWriter tar;
    private final byte[] buffer = new byte[128 * 1024];
    private boolean committed;

    ArchiveWriter(Path target) {
        this.target = target;
        Path parent = target.toAbsolutePath().getParent();
        Path name = target.getFileName();
        if (parent == null || name == null) {
            throw new StorageException("write", target, "it is no place for a file", null);
        }
        this.folder = parent;
        try {
            this.partial = Files.createTempFile(folder, "." + name + ".", ".partial");
            this.channel = FileChannel.open(partial, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        }
        this.tar = new TarWriter(new BufferedOutputStream(Channels.newOutputStream(channel), buffer.length));
    }

    void directory(String name) {
        put(TarEntry.of(EntryType.DIRECTORY, name));
    }

    void file(String name, byte[] content) {
        put(TarEntry.of(EntryType.FILE, name).size(content.length));
        write(content, content.length);
    }

    void blob(String name, Blob blob) {
        try (InputStream in = VerifyingInputStream.of(blob.open(), blob.descriptor(), "its source")) {
            file(name, in, blob.descriptor().size());
        } catch (IOException e) {
            throw unreadable(blob, e);
        }
    }

    /** Adds a file of exactly this size, which the stream must have. */
    void file(String name, InputStream content, long size) throws IOException {
        put(TarEntry.of(EntryType.FILE, name).size(size));
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            write(buffer, n);
        }
    }

    static TransferException unreadable(Blob blob, IOException e) {
        return new TransferException(
                Side.SOURCE, blob.descriptor(), "cannot read " + blob.descriptor() + ": " + e.getMessage(), e);
    }

    private void put(TarEntry.Builder entry) {
        try {
            tar.put(entry.build());
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        }
    }

    private void write(byte[] bytes, int length) {
        try {
            tar.write(bytes, 0, length);
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        }
    }

    /** {@return a new file beside the archive, for what has to be kept for a while} */
    Scratch scratch() {
        return new Scratch();
    }

    /** Puts the archive in its place. */
    void commit() {
        try {
            tar.finish();
            tar.flush();
            channel.force(true);
            tar.close();
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            committed = true;
            BlobDirectory.syncDirectory(folder);
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        }
    }

    /** Ends the writer; what was not committed is deleted. */
    @Override
    public void close() {
        try {
            channel.close();
            if (!committed) {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new StorageException("delete", partial, e);
        }
    }

    /** A temporary file beside the archive. */
    final class Scratch implements AutoCloseable {
        private final Path file;

        private Scratch() {
            try {
                this.file = Files.createTempFile(folder, ".davit-", ".partial");
            } catch (IOException e) {
                throw new StorageException("write to", folder, e);
            }
        }

        /** {@return how many bytes were written} */
        long fill(InputStream content) throws IOException {
            try (OutputStream out = Files.newOutputStream(file)) {
                return content.transferTo(out);
            }
        }

        InputStream read() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public void close() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new StorageException("delete", file, e);
            }
        }
    }
}
