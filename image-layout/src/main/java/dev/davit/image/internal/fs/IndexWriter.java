package dev.davit.image.internal.fs;

import dev.davit.image.Compression;
import dev.davit.image.internal.Names;
import dev.davit.image.internal.codec.Checkpoint;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the index of a layer, in one pass, as {@link LayerIndex} reads it: records of entries and of the windows of
 * checkpoints as they come, then what is known only at the end, where that begins, and the SHA-256 of all that. Numbers have
 * seven bits in a byte, the lowest first. For one thread.
 */
final class IndexWriter {
    static final byte[] MAGIC = ("davit layer index " + LayerIndex.VERSION + "\n").getBytes(StandardCharsets.US_ASCII);
    /** What the numbers of types and compressions mean. */
    static final List<EntryType> TYPES = List.of(
            EntryType.FILE,
            EntryType.DIRECTORY,
            EntryType.SYMLINK,
            EntryType.HARD_LINK,
            EntryType.CHARACTER_DEVICE,
            EntryType.BLOCK_DEVICE,
            EntryType.FIFO);

    static final List<Compression> COMPRESSIONS = List.of(Compression.NONE, Compression.GZIP, Compression.ZSTD);

    static final int END = 0;
    static final int ENTRY = 1;
    static final int WINDOW = 2;

    private final MessageDigest digest = ChunkDigests.sha256();
    private final OutputStream out;
    private final ByteArrayOutputStream checkpoints = new ByteArrayOutputStream();
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private long position;
    private long checkpointCount;

    IndexWriter(OutputStream out) throws IOException {
        this.out = new BufferedOutputStream(new DigestOutputStream(out, digest), 64 * 1024);
        write(MAGIC);
    }

    /** Notes an entry, of which a file has its stored bytes at an offset of the archive. */
    void entry(TarEntry entry, long offset, long @Nullable [] pieces) throws IOException {
        number(ENTRY);
        number(TYPES.indexOf(entry.type()));
        text(entry.name());
        text(entry.linkTarget());
        number(entry.size());
        number(entry.mode());
        number(entry.uid());
        number(entry.gid());
        // times may be before 1970
        number((entry.mtimeSeconds() << 1) ^ (entry.mtimeSeconds() >> 63));
        number(entry.mtimeNanos());
        number(entry.deviceMajor());
        number(entry.deviceMinor());
        number(entry.xattrs().size());
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            text(xattr.getKey());
            bytes(xattr.getValue());
        }
        number(offset);
        number(pieces == null ? 0 : pieces.length + 1);
        for (int i = 0; pieces != null && i < pieces.length; i++) {
            number(pieces[i]);
        }
    }

    /** Notes where decoding can start. */
    void checkpoint(Checkpoint checkpoint) throws IOException {
        number(WINDOW);
        ByteArrayOutputStream window = new ByteArrayOutputStream();
        deflater.reset();
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(window, deflater)) {
            deflated.write(checkpoint.window());
        }
        number(window.size());
        checkpointCount++;
        number(checkpoints, checkpoint.bit());
        number(checkpoints, checkpoint.total());
        number(checkpoints, position);
        number(checkpoints, window.size());
        write(window.toByteArray());
    }

    /** Ends the index. */
    void finish(Compression compression, long archiveSize, ChunkDigests chunks) throws IOException {
        deflater.end();
        number(END);
        long last = position;
        number(COMPRESSIONS.indexOf(compression));
        number(archiveSize);
        number(checkpointCount);
        write(checkpoints.toByteArray());
        bytes(chunks.toBytes());
        write(ByteBuffer.allocate(Long.BYTES).putLong(last).array());
        out.flush();
        out.write(digest.digest());
        out.flush();
    }

    private void text(String text) throws IOException {
        bytes(Names.encode(text));
    }

    private void bytes(byte[] bytes) throws IOException {
        number(bytes.length);
        write(bytes);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    private void number(long value) throws IOException {
        position += number(out, value);
    }

    private static int number(OutputStream to, long value) throws IOException {
        int length = 1;
        long rest = value;
        for (; (rest & ~0x7fL) != 0; length++) {
            to.write(((int) rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        to.write((int) rest);
        return length;
    }
}
