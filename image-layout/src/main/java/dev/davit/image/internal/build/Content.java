package dev.davit.image.internal.build;

import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarWriter;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The data of a file that goes into a layer. */
public interface Content {
    /** Nothing: for everything but files. */
    Content NONE = (entry, tar, buffer) -> tar.put(entry.build());

    /** Writes an entry with this data. */
    void write(TarEntry.Builder entry, TarWriter tar, byte[] buffer) throws IOException;

    /** {@return the data in memory, which nobody changes} */
    static Content of(byte[] bytes) {
        return (entry, tar, buffer) -> {
            tar.put(entry.size(bytes.length).build());
            tar.write(bytes, 0, bytes.length);
        };
    }

    /** {@return the data of a local file, as it is when the layer is written} */
    static Content of(Path file) {
        return (entry, tar, buffer) -> {
            try (SeekableByteChannel in = open(file)) {
                long size = size(file, in);
                tar.put(entry.size(size).build());
                for (long left = size; left > 0; ) {
                    int n = read(file, in, buffer, (int) Math.min(left, buffer.length));
                    if (n < 0) {
                        throw new StorageException(
                                "read", file, "it got shorter while it was read: expected " + size + " bytes", null);
                    }
                    tar.write(buffer, 0, n);
                    left -= n;
                }
                if (read(file, in, buffer, 1) > 0) {
                    throw new StorageException(
                            "read", file, "it got longer while it was read: expected " + size + " bytes", null);
                }
            }
        };
    }

    private static SeekableByteChannel open(Path file) {
        try {
            return Files.newByteChannel(file);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    private static long size(Path file, SeekableByteChannel in) {
        try {
            return in.size();
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    private static int read(Path file, SeekableByteChannel in, byte[] buffer, int length) {
        try {
            return in.read(ByteBuffer.wrap(buffer, 0, length));
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }
}
