package dev.davit.image.internal.fs;

import dev.davit.oci.DavitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The content of one file, at any position. Safe to share between threads, one of which reads at a time. */
final class ImageChannel implements SeekableByteChannel {
    private static final int BUFFER = 64 * 1024;

    private final ImageFs fs;
    private final ImagePath path;
    private final StoredFile file;
    private final LayerContent layer;
    private byte @Nullable [] buffer;
    private @Nullable Cursor cursor;
    private long position;
    private boolean closed;

    ImageChannel(ImageFs fs, ImagePath path, StoredFile file, LayerContent layer) {
        this.fs = fs;
        this.path = path;
        this.file = file;
        this.layer = layer;
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        requireOpen();
        if (!target.hasRemaining()) {
            return 0;
        }
        if (position >= file.size()) {
            return -1;
        }
        int length = (int) Math.min(target.remaining(), file.size() - position);
        long[] pieces = file.pieces();
        int n = pieces == null
                ? readStored(target, file.offset() + position, length)
                : readSparse(target, pieces, length);
        position += n;
        return n;
    }

    private int readSparse(ByteBuffer target, long[] pieces, int length) throws IOException {
        long stored = file.offset();
        for (int i = 0; i < pieces.length; i += 2) {
            long start = pieces[i];
            long end = start + pieces[i + 1];
            if (position < start) {
                return readZeros(target, (int) Math.min(length, start - position));
            }
            if (position < end) {
                return readStored(target, stored + position - start, (int) Math.min(length, end - position));
            }
            stored += pieces[i + 1];
        }
        return readZeros(target, length);
    }

    private int readZeros(ByteBuffer target, int length) {
        byte[] bytes = buffer();
        int n = Math.min(length, bytes.length);
        Arrays.fill(bytes, 0, n, (byte) 0);
        target.put(bytes, 0, n);
        return n;
    }

    private int readStored(ByteBuffer target, long from, int length) throws IOException {
        try {
            Cursor reading = cursorFor(from);
            if (target.hasArray()) {
                reading.read(from, target.array(), target.arrayOffset() + target.position(), length);
                target.position(target.position() + length);
                return length;
            }
            byte[] bytes = buffer();
            int n = Math.min(length, bytes.length);
            reading.read(from, bytes, 0, n);
            target.put(bytes, 0, n);
            return n;
        } catch (DavitException e) {
            throw ImageFs.failure(path.toString(), e);
        }
    }

    private Cursor cursorFor(long from) throws IOException {
        Cursor known = cursor;
        if (known != null && known.reaches(from)) {
            return known;
        }
        if (known != null) {
            cursor = null;
            fs.cursors().give(known);
        }
        known = fs.cursors().take(layer, from);
        cursor = known;
        return known;
    }

    private byte[] buffer() {
        byte[] known = buffer;
        if (known == null) {
            known = new byte[BUFFER];
            buffer = known;
        }
        return known;
    }

    private void requireOpen() throws ClosedChannelException {
        fs.requireOpen();
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public synchronized long position() throws IOException {
        requireOpen();
        return position;
    }

    @Override
    public synchronized ImageChannel position(long target) throws IOException {
        requireOpen();
        if (target < 0) {
            throw new IllegalArgumentException("position: expected no negative number, got " + target);
        }
        position = target;
        return this;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return file.size();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public ImageChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    @Override
    public synchronized void close() throws IOException {
        Cursor known = cursor;
        closed = true;
        cursor = null;
        if (known != null) {
            fs.cursors().give(known);
        }
    }
}
