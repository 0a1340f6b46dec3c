package dev.davit.image.internal.archive;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.Codecs;
import dev.davit.image.internal.codec.Magic;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.BoundedInputStream;
import dev.davit.oci.internal.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The tar file of an archive, of which any part can be read at any time. One that is compressed as a whole is
 * decompressed into a temporary file first. Safe to share between threads.
 */
final class ArchiveFile implements AutoCloseable {
    /** What a compressed archive may become: as much as an image may. */
    private static final long MAX_UNCOMPRESSED = 64L << 30;

    private final Path named;
    private final Path plain;
    private final TarIndex index;

    private ArchiveFile(Path named, Path plain) {
        this.named = named;
        this.plain = plain;
        this.index = TarIndex.read(named.toString(), slice(0, Long.MAX_VALUE));
    }

    static ArchiveFile open(Path file) {
        Compression compression = compression(file);
        if (compression == Compression.NONE) {
            return new ArchiveFile(file, file);
        }
        Path plain = decompress(file, compression);
        try {
            return new ArchiveFile(file, plain);
        } catch (RuntimeException e) {
            delete(plain);
            throw e;
        }
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

    private static Path decompress(Path file, Compression compression) {
        Path plain;
        try {
            plain = Files.createTempFile("davit-", ".tar");
        } catch (IOException e) {
            throw new StorageException("decompress", file, e);
        }
        try (InputStream in = new BoundedInputStream(
                        Codecs.decoder(compression, new FileInputStream(file, channel(file))), MAX_UNCOMPRESSED + 1);
                OutputStream out = Files.newOutputStream(plain)) {
            if (in.transferTo(out) > MAX_UNCOMPRESSED) {
                throw new MalformedContentException(
                        file + ": expected at most " + MAX_UNCOMPRESSED + " bytes uncompressed, got more");
            }
            return plain;
        } catch (MalformedContentException e) {
            delete(plain);
            throw new MalformedContentException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            delete(plain);
            throw new StorageException("decompress", file, e);
        }
    }

    private static SeekableByteChannel channel(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
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
        SeekableByteChannel channel = channel(plain);
        try {
            channel.position(from);
        } catch (IOException e) {
            throw new StorageException("read", named, e);
        }
        return new BoundedInputStream(new FileInputStream(named, channel), length);
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
    byte[] read(String name, int limit) {
        TarIndex.Slot slot =
                index.find(name).orElseThrow(() -> new NotFoundException("no file " + name + " in archive " + named));
        if (slot.size() > limit) {
            throw new MalformedContentException(
                    named + ", " + name + ": expected at most " + limit + " bytes, got " + slot.size());
        }
        try (InputStream in = open(slot)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new StorageException("read", named, e);
        }
    }

    /** Deletes what was decompressed. */
    @Override
    public void close() {
        if (!plain.equals(named)) {
            delete(plain);
        }
    }

    @Override
    public String toString() {
        return named.toString();
    }
}
