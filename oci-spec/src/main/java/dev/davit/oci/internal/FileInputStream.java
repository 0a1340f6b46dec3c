package dev.davit.oci.internal;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Objects;

/** Reads a file through a channel of its own, and says {@link StorageException} where the system refuses. */
public final class FileInputStream extends InputStream {
    private final Path file;
    private final SeekableByteChannel channel;

    /**
     * Reads a file.
     *
     * @param file which file, for messages
     * @param channel the file from where reading starts; closed with the stream
     */
    public FileInputStream(Path file, SeekableByteChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Moves to where the next read starts. */
    void position(long offset) {
        try {
            channel.position(offset);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        try {
            return channel.read(ByteBuffer.wrap(target, offset, length));
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    @Override
    public long skip(long n) {
        try {
            long from = channel.position();
            long to = Math.max(from, Math.min(channel.size(), from + n));
            channel.position(to);
            return to - from;
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    @Override
    public int available() {
        try {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(0, channel.size() - channel.position()));
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StorageException("close", file, e);
        }
    }
}
