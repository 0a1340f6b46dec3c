package dev.davit.image.internal.fs;

import dev.davit.image.Compression;
import dev.davit.image.internal.Names;
import dev.davit.image.internal.codec.Checkpoint;
import dev.davit.image.internal.tar.TarEntry;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What is in a layer, where in its archive, and where decoding can start: what {@link IndexWriter} wrote. Keeps in memory
 * what it takes to find a place, a few bytes for each piece of the layer; entries and windows stay in the file, which may
 * be deleted meanwhile. Safe to share between threads, none of which an interrupt takes the file away from.
 */
final class LayerIndex implements Closeable {
    /** Changes with the format of the file. */
    static final int VERSION = 1;

    /** What the file ends with: where its last part begins, and the digest of all that comes before itself. */
    private static final int DIGEST = 32;

    private static final int TAIL = Long.BYTES + DIGEST;

    private final RandomAccessFile file;
    private final Compression compression;
    private final long archiveSize;
    /** For each checkpoint its bit, its total, and where its window is and how long. */
    private final long[] checkpoints;

    private final ChunkDigests chunks;

    /** Takes an entry, with the place of its content. */
    interface Visitor {
        void visit(TarEntry entry, long offset, long @Nullable [] pieces) throws IOException;
    }

    /**
     * Opens an index.
     *
     * @param path the index
     * @throws java.io.FileNotFoundException if there is none
     * @throws IOException if it is damaged, or cannot be read
     */
    static LayerIndex open(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
        try {
            return new LayerIndex(file);
        } catch (IOException | RuntimeException e) {
            try (file) {
                throw e;
            }
        }
    }

    private LayerIndex(RandomAccessFile file) throws IOException {
        this.file = file;
        requireWhole(file.length() - DIGEST);
        byte[] tail = new byte[Long.BYTES];
        read(file.length() - TAIL, tail);
        Input in = input(ByteBuffer.wrap(tail).getLong());
        this.compression = IndexWriter.COMPRESSIONS.get(in.index(IndexWriter.COMPRESSIONS.size()));
        this.archiveSize = in.number();
        this.checkpoints = new long[4 * in.index(1 << 24)];
        for (int i = 0; i < checkpoints.length; i++) {
            checkpoints[i] = in.number();
        }
        this.chunks = new ChunkDigests(in.bytes());
    }

    private void requireWhole(long length) throws IOException {
        if (length < Long.BYTES) {
            throw new EOFException("the index of a layer is cut off");
        }
        MessageDigest digest = ChunkDigests.sha256();
        byte[] buffer = new byte[64 * 1024];
        for (long at = 0; at < length; at += buffer.length) {
            int n = (int) Math.min(length - at, buffer.length);
            byte[] part = n == buffer.length ? buffer : new byte[n];
            read(at, part);
            digest.update(part);
        }
        byte[] expected = new byte[DIGEST];
        read(length, expected);
        if (!Arrays.equals(expected, digest.digest())) {
            throw new IOException("the index of a layer is damaged");
        }
    }

    private synchronized void read(long at, byte[] target) throws IOException {
        file.seek(at);
        file.readFully(target);
    }

    private synchronized int read(long at, byte[] target, int offset, int length) throws IOException {
        file.seek(at);
        return file.read(target, offset, length);
    }

    private Input input(long from) {
        return new Input(new BufferedInputStream(new Part(from), 64 * 1024));
    }

    /** Reads all entries, in the order of the archive. */
    void forEach(Visitor visitor) throws IOException {
        Input in = input(0);
        in.expect(IndexWriter.MAGIC);
        for (long record = in.number(); record != IndexWriter.END; record = in.number()) {
            if (record == IndexWriter.WINDOW) {
                in.bytes();
                continue;
            }
            TarEntry.Builder entry = TarEntry.of(IndexWriter.TYPES.get(in.index(IndexWriter.TYPES.size())), in.text())
                    .linkTarget(in.text())
                    .size(in.number())
                    .mode((int) in.number())
                    .owner(in.number(), in.number());
            long seconds = in.number();
            entry.mtime((seconds >>> 1) ^ -(seconds & 1), (int) in.number()).device(in.number(), in.number());
            entry.xattrs(in.xattrs());
            visitor.visit(entry.build(), in.number(), in.pieces());
        }
    }

    /** {@return how the layer is stored} */
    Compression compression() {
        return compression;
    }

    /** {@return how many bytes the archive of the layer has} */
    long archiveSize() {
        return archiveSize;
    }

    /** {@return the digests of what is read at random: of the stored bytes, or of the archive of a zstd layer} */
    ChunkDigests chunks() {
        return chunks;
    }

    /** {@return the number of the last checkpoint that is not behind a position of the archive of a gzip layer} */
    int checkpointBefore(long position) {
        int low = 0;
        int high = checkpoints.length / 4 - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (total(middle) <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** {@return where in the archive a checkpoint is} */
    long total(int checkpoint) {
        return checkpoints[4 * checkpoint + 1];
    }

    /** {@return a checkpoint with its window} */
    Checkpoint checkpoint(int number) throws IOException {
        byte[] deflated = new byte[Math.toIntExact(checkpoints[4 * number + 3])];
        read(checkpoints[4 * number + 2], deflated);
        byte[] window = new InflaterInputStream(new ByteArrayInputStream(deflated)).readAllBytes();
        return new Checkpoint(checkpoints[4 * number], total(number), window);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Reads what {@link IndexWriter} writes. */
    private record Input(InputStream in) {
        long number() throws IOException {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException("the index of a layer is cut off");
                }
                value |= (long) (b & 0x7f) << shift;
                if (b < 0x80) {
                    break;
                }
            }
            return value;
        }

        /** {@return a number below a limit} */
        int index(int limit) throws IOException {
            long value = number();
            if (value < 0 || value >= limit) {
                throw new IOException("the index of a layer has " + value + " where less than " + limit + " belongs");
            }
            return (int) value;
        }

        byte[] bytes() throws IOException {
            int length = index(Integer.MAX_VALUE);
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the index of a layer is cut off");
            }
            return bytes;
        }

        String text() throws IOException {
            byte[] bytes = bytes();
            return Names.decode(bytes, 0, bytes.length);
        }

        Map<String, byte[]> xattrs() throws IOException {
            long count = number();
            Map<String, byte[]> xattrs = count == 0 ? Map.of() : new TreeMap<>();
            for (long i = 0; i < count; i++) {
                xattrs.put(text(), bytes());
            }
            return xattrs;
        }

        long @Nullable [] pieces() throws IOException {
            int count = index(1 << 24) - 1;
            if (count < 0) {
                return null;
            }
            long[] pieces = new long[count];
            for (int i = 0; i < count; i++) {
                pieces[i] = number();
            }
            return pieces;
        }

        void expect(byte[] magic) throws IOException {
            if (!Arrays.equals(in.readNBytes(magic.length), magic)) {
                throw new IOException("the index of a layer starts with something else");
            }
        }
    }

    /** The file from some byte on, whatever others read of it. */
    private final class Part extends InputStream {
        private long position;

        Part(long position) {
            this.position = position;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = LayerIndex.this.read(position, target, offset, length);
            position += Math.max(n, 0);
            return n;
        }
    }
}
