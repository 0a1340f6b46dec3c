package dev.davit.image.internal.archive;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.Codecs;
import dev.davit.image.internal.codec.Magic;
import dev.davit.image.internal.codec.SourceStream;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.BoundedInputStream;
import dev.davit.oci.internal.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The tar file of an archive, of which any part can be read at any time. One that is compressed as a whole, or that comes
 * from a stream, is written into a temporary file first. Safe to share between threads.
 */
final class ArchiveFile implements AutoCloseable {
    /** What an archive may be if it needs a temporary file: as much as an image may. */
    static final long MAX_BYTES = 64L << 30;

    private final String name;
    private final Path file;
    private final boolean temporary;
    private final TarIndex index;

    private ArchiveFile(String name, Path file, boolean temporary) {
        this.name = name;
        this.file = file;
        this.temporary = temporary;
        this.index = TarIndex.read(name, slice(0, Long.MAX_VALUE));
    }

    static ArchiveFile open(Path file) {
        if (isStream(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                return read(file.toString(), in, MAX_BYTES);
            } catch (IOException e) {
                throw new StorageException("read", file, e);
            }
        }
        if (compression(file) == Compression.NONE) {
            return new ArchiveFile(file.toString(), file, false);
        }
        try (InputStream in = new FileInputStream(file, channel(file))) {
            return read(file.toString(), in, MAX_BYTES);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    /** {@return whether a file can be read only once: a pipe, a terminal} */
    private static boolean isStream(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    private static Compression compression(Path file) {
        try (InputStream in = new FileInputStream(file, channel(file))) {
            return Magic.compression(in.readNBytes(Magic.LENGTH));
        } catch (MalformedContentException e) {
            throw new MalformedContentException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    /**
     * Reads a stream to its end.
     *
     * @param name what it is, for messages
     * @param in the archive, perhaps compressed; not closed
     * @param maxBytes how long it may be, uncompressed
     */
    static ArchiveFile read(String name, InputStream in, long maxBytes) {
        Path file;
        try {
            file = Files.createTempFile("davit-", ".tar");
        } catch (IOException e) {
            throw new StorageException("create a file for", Path.of(name), e);
        }
        try {
            spool(name, in, file, maxBytes);
            return new ArchiveFile(name, file, true);
        } catch (RuntimeException | Error e) {
            delete(file);
            throw e;
        }
    }

    private static void spool(String name, InputStream in, Path file, long maxBytes) {
        SourceStream source = new SourceStream(
                in, e -> new TransferException(Side.SOURCE, null, "cannot read " + name + ": " + e.getMessage(), e));
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] head = source.readNBytes(Magic.LENGTH);
            PushbackInputStream whole = new PushbackInputStream(source, Magic.LENGTH);
            whole.unread(head);
            // closing the decoder frees what is its own, and the caller closes the stream
            InputStream plain = Codecs.decoder(Magic.compression(head), new Unclosed(whole));
            try (plain) {
                if (new BoundedInputStream(plain, maxBytes).transferTo(out) == maxBytes && plain.read() >= 0) {
                    throw new LimitExceededException(
                            "maxBytes",
                            maxBytes,
                            "expected at most " + maxBytes + " bytes uncompressed, got more",
                            null);
                }
            }
        } catch (LimitExceededException e) {
            throw new LimitExceededException(e.limit(), e.maximum(), name + ": " + e.getMessage(), e);
        } catch (MalformedContentException e) {
            throw new MalformedContentException(name + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StorageException("write", file, e);
        }
    }

    /** A stream that only its owner closes. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    private static SeekableByteChannel channel(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new StorageException("read", file, "it is no regular file", null);
            }
            return Files.newByteChannel(file);
        } catch (NoSuchFileException e) {
            throw new NotFoundException("no archive " + file, e);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StorageException("delete", file, e);
        }
    }

    TarIndex index() {
        return index;
    }

    /** {@return part of the archive, through a channel of its own} */
    private InputStream slice(long from, long length) {
        SeekableByteChannel channel = channel(file);
        try {
            channel.position(from);
        } catch (IOException e) {
            throw unreadable(e);
        }
        return new BoundedInputStream(new FileInputStream(file, channel), length);
    }

    InputStream open(TarIndex.Slot slot) {
        return slice(slot.offset(), slot.size());
    }

    InputStream open(TarIndex.Slot slot, long from, long length) {
        long start = Math.min(from, slot.size());
        return slice(slot.offset() + start, Math.min(length, slot.size() - start));
    }

    /**
     * {@return a small file of the archive}
     *
     * @throws NotFoundException if there is none
     * @throws MalformedContentException if it is larger than the limit
     */
    byte[] read(String member, int limit) {
        TarIndex.Slot slot = index.find(member)
                .orElseThrow(() -> new NotFoundException("no file " + member + " in archive " + name));
        if (slot.size() > limit) {
            throw new MalformedContentException(
                    name + ", " + member + ": expected at most " + limit + " bytes, got " + slot.size());
        }
        try (InputStream in = open(slot)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    StorageException unreadable(IOException e) {
        return new StorageException("read", file, e);
    }

    /** Deletes the temporary file. */
    @Override
    public void close() {
        if (temporary) {
            delete(file);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
