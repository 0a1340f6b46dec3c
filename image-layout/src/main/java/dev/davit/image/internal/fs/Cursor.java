package dev.davit.image.internal.fs;

import dev.davit.image.internal.codec.Checkpoint;
import dev.davit.image.internal.codec.Codecs;
import dev.davit.oci.content.Blob;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Some place in the archive of a layer, from which reading goes on. For one thread at a time. */
final class Cursor implements Closeable {
    private final LayerContent layer;
    private final VerifiedInput stored;
    private final InputStream archive;
    private long position;
    private boolean isBroken;

    private Cursor(LayerContent layer, VerifiedInput stored, InputStream archive, long position) {
        this.layer = layer;
        this.stored = stored;
        this.archive = archive;
        this.position = position;
    }

    /** {@return a cursor over an archive that is stored as it is} */
    static Cursor plain(LayerContent layer, Blob archive, ChunkDigests chunks) {
        VerifiedInput stored = new VerifiedInput(archive, chunks, 0);
        return new Cursor(layer, stored, stored, 0);
    }

    /** {@return a cursor over an archive that is compressed with gzip, at a checkpoint} */
    static Cursor gzip(LayerContent layer, Blob blob, ChunkDigests chunks, Checkpoint from) throws IOException {
        VerifiedInput stored = new VerifiedInput(blob, chunks, from.bit() >>> 3);
        return new Cursor(layer, stored, Codecs.gzipFrom(stored, from), from.total());
    }

    LayerContent layer() {
        return layer;
    }

    long position() {
        return position;
    }

    /** {@return whether this is as good a start as any other for going to some position} */
    boolean reaches(long target) {
        return !isBroken
                && (isPlain() || (position <= target && (position == target || layer.startFor(target) <= position)));
    }

    private boolean isPlain() {
        return archive == stored;
    }

    /** Reads all of the bytes at a position that this reaches. */
    void read(long from, byte[] target, int offset, int length) throws IOException {
        // decoders cannot go on after a failure
        isBroken = true;
        if (isPlain()) {
            stored.moveTo(from);
        } else {
            archive.skipNBytes(from - position);
        }
        if (archive.readNBytes(target, offset, length) < length) {
            throw new EOFException("the archive ends within a file");
        }
        position = from + length;
        isBroken = false;
    }

    /** Gives back what takes more than memory, until more is read. */
    void park() throws IOException {
        stored.park();
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }
}
