package dev.davit.image.internal.archive;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarWriter;
import dev.davit.oci.DavitException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tar file of an archive on its way to a file or a stream. For one thread. */
final class ArchiveWriter {
    private static final int BUFFER = 128 * 1024;

    private final TarWriter tar;
    private final Function<IOException, DavitException> failed;
    private final @Nullable Path scratchFolder;
    private final byte[] buffer = new byte[BUFFER];

    /**
     * Starts to write.
     *
     * @param out where it goes; not closed
     * @param failed says what it means if that takes no more
     * @param scratchFolder where something can be kept for a while, or null where all programs do so
     */
    ArchiveWriter(OutputStream out, Function<IOException, DavitException> failed, @Nullable Path scratchFolder) {
        this.tar = new TarWriter(new BufferedOutputStream(out, BUFFER));
        this.failed = failed;
        this.scratchFolder = scratchFolder;
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
            throw failed.apply(e);
        }
    }

    private void write(byte[] bytes, int length) {
        try {
            tar.write(bytes, 0, length);
        } catch (IOException e) {
            throw failed.apply(e);
        }
    }

    /** Writes the end of the archive. */
    void finish() {
        try {
            tar.finish();
            tar.flush();
        } catch (IOException e) {
            throw failed.apply(e);
        }
    }

    /** {@return a new temporary file, for what has to be kept for a while} */
    Scratch scratch() {
        return new Scratch();
    }

    /** A temporary file. */
    final class Scratch implements AutoCloseable {
        private final Path file;

        private Scratch() {
            try {
                this.file = scratchFolder == null
                        ? Files.createTempFile("davit-", ".partial")
                        : Files.createTempFile(scratchFolder, ".davit-", ".partial");
            } catch (IOException e) {
                throw new StorageException(
                        "write to", scratchFolder == null ? Path.of("the temporary folder") : scratchFolder, e);
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
