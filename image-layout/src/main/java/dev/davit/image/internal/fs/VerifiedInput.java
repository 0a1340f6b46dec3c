package dev.davit.image.internal.fs;

import dev.davit.oci.IntegrityException;
import dev.davit.oci.content.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Any part of a blob, verified piece by piece before a byte of a piece is handed out. Asks for a little at first and for
 * more as reading goes on, so that a short look takes few bytes of a registry and a long one few requests. For one thread.
 */
final class VerifiedInput extends InputStream {
    private static final int MAX_AHEAD = 32;

    private final Blob blob;
    private final ChunkDigests digests;
    private final long size;
    private final byte[] buffer = new byte[ChunkDigests.CHUNK];
    /** Which piece is in the buffer. */
    private long buffered = -1;

    private long position;

    private @Nullable InputStream stream;
    /** The piece that the stream gives next, and the one behind its last. */
    private long next;

    private long end;
    private int ahead = 1;

    /**
     * Starts somewhere in a blob.
     *
     * @param blob the blob
     * @param digests what its pieces are
     * @param position index of the first byte
     */
    VerifiedInput(Blob blob, ChunkDigests digests, long position) {
        this.blob = blob;
        this.digests = digests;
        this.size = blob.descriptor().size();
        this.position = position;
    }

    /** Goes on somewhere else. */
    void moveTo(long other) {
        position = other;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (position >= size) {
            return -1;
        }
        long chunk = position / ChunkDigests.CHUNK;
        if (chunk != buffered) {
            load(chunk);
        }
        int from = (int) (position % ChunkDigests.CHUNK);
        int n = Math.min(length, lengthOf(chunk) - from);
        System.arraycopy(buffer, from, target, offset, n);
        position += n;
        return n;
    }

    private int lengthOf(long chunk) {
        return (int) Math.min(ChunkDigests.CHUNK, size - chunk * ChunkDigests.CHUNK);
    }

    private void load(long chunk) throws IOException {
        buffered = -1;
        InputStream in = streamAt(chunk);
        int length = lengthOf(chunk);
        int n = in.readNBytes(buffer, 0, length);
        if (n < length || !digests.matches(chunk, buffer, length)) {
            park();
            throw new IntegrityException(
                    blob.descriptor() + ", bytes from " + chunk * ChunkDigests.CHUNK,
                    "the " + length + " bytes that were there when the whole was verified",
                    n < length ? n + " bytes" : "others");
        }
        next = chunk + 1;
        buffered = chunk;
    }

    private InputStream streamAt(long chunk) throws IOException {
        InputStream open = stream;
        if (open != null && chunk == next && chunk < end) {
            return open;
        }
        ahead = chunk == end ? Math.min(2 * ahead, MAX_AHEAD) : 1;
        park();
        open = blob.openRange(chunk * ChunkDigests.CHUNK, (long) ahead * ChunkDigests.CHUNK);
        stream = open;
        end = chunk + ahead;
        return open;
    }

    /** Gives back what takes more than memory, until more is read. */
    void park() throws IOException {
        InputStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        park();
    }
}
