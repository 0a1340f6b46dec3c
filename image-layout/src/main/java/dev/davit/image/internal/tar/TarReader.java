package dev.davit.image.internal.tar;

import static dev.davit.image.internal.tar.TarFormat.BLOCK;

import dev.davit.image.internal.ViewStream;
import dev.davit.image.internal.tar.Extensions.Sparse;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive in one pass: ustar, PAX and GNU headers, and those of the tools before them. Two readers that
 * disagree about where an entry ends let an attacker show them different archives, so where the formats leave room, the
 * reading is that of Go's {@code archive/tar}, which containerd, Docker and podman are made with:
 *
 * <ul>
 *   <li>only files have data; a size in the header of anything else says nothing;
 *   <li>a PAX size beats that of the header, and applies to the file alone, not to a record between them;
 *   <li>GNU's long name beats the PAX path.
 * </ul>
 *
 * <p>Unlike most readers it takes nothing for granted: wrong checksums, cut archives and broken records are {@link
 * MalformedContentException}s with number and name of the entry. For one thread.
 */
public final class TarReader implements EntryData {
    private final ViewStream in;
    private final TarLimits limits;
    private final HeaderParser header = new HeaderParser();
    private final Extensions extensions;
    /** A header, if it does not lie in one piece. */
    private final byte[] pieces = new byte[BLOCK];

    private byte[] block = pieces;
    private int blockStart;
    /** How much of the archive was taken. */
    private long position;

    private long entries;
    private long left;
    private int padding;
    private boolean ended;
    private @Nullable SparseData sparse;

    /**
     * Starts to read.
     *
     * @param in the archive at its first byte; not closed by this reader
     * @param limits what is too much
     */
    public TarReader(InputStream in, TarLimits limits) {
        this.in = ViewStream.of(in);
        this.limits = limits;
        this.extensions = new Extensions(limits);
    }

    /**
     * Goes to the next entry, past what was not read of the one before.
     *
     * @return the entry, or null at the end of the archive
     * @throws MalformedContentException if the archive breaks its rules
     * @throws IOException if the stream behind fails
     */
    public @Nullable TarEntry next() throws IOException {
        if (ended) {
            return null;
        }
        skipData();
        sparse = null;
        extensions.startEntry();
        try {
            while (readBlock()) {
                header.parse(block, blockStart);
                switch (header.typeFlag()) {
                    case 'x' -> extensions.local(readRecord("PAX header"));
                    case 'g' -> extensions.global(readRecord("global PAX header"));
                    case 'L' -> extensions.longName(readRecord("long name"));
                    case 'K' -> extensions.longLink(readRecord("long link"));
                    default -> {
                        TarEntry entry = extensions.apply(header);
                        entries++;
                        left = entry.size();
                        padding = TarFormat.padding(left);
                        return extensions.sparse(header) == Sparse.NONE ? entry : startSparse(entry);
                    }
                }
            }
        } catch (MalformedContentException e) {
            throw located(e);
        }
        if (extensions.isPending()) {
            throw located(new MalformedContentException("the archive ends after its extended header"));
        }
        ended = true;
        return null;
    }

    private TarEntry startSparse(TarEntry entry) throws IOException {
        if (entry.type() != EntryType.FILE) {
            throw new MalformedContentException("expected a sparse file, got a " + entry.type());
        }
        SparseMap.Builder map = new SparseMap.Builder();
        long size;
        switch (extensions.sparse(header)) {
            case OLD -> {
                size = header.sparseSize();
                readOldMap(map);
            }
            case DATA -> {
                size = extensions.sparseSize();
                readMapBeforeData(map);
            }
            default -> {
                size = extensions.sparseSize();
                extensions.sparseMap(map);
            }
        }
        sparse = new SparseData(map.build(size, left));
        return entry.withSize(size);
    }

    private void readOldMap(SparseMap.Builder map) throws IOException {
        boolean more = header.sparseMap(map);
        for (int bytes = BLOCK; more; bytes += BLOCK) {
            limits.requireHeaderBytes("sparse map", bytes);
            if (!nextBlock()) {
                throw cut("more of a sparse map");
            }
            more = header.sparseMap(map, block, blockStart);
        }
    }

    /** Numbers with a line for each: how many pieces there are, their offsets and lengths; filled up to a block. */
    private void readMapBeforeData(SparseMap.Builder map) throws IOException {
        byte[] block = new byte[BLOCK];
        byte[] line = new byte[Long.toString(Long.MAX_VALUE).length()];
        long numbers = -1;
        long read = 0;
        int length = 0;
        for (int bytes = BLOCK; numbers < 0 || read < numbers; bytes += BLOCK) {
            limits.requireHeaderBytes("sparse map", bytes);
            if (left < BLOCK) {
                throw new MalformedContentException("sparse map: expected it before the data, got its begin alone");
            }
            for (int at = 0; at < BLOCK; ) {
                at += readStored(block, at, BLOCK - at);
            }
            for (int i = 0; i < BLOCK && (numbers < 0 || read < numbers); i++) {
                if (block[i] != '\n') {
                    if (length == line.length) {
                        throw SparseMap.malformedNumber(line, length);
                    }
                    line[length++] = block[i];
                    continue;
                }
                long number = Numbers.decimal("sparse map", Arrays.copyOf(line, length));
                length = 0;
                if (numbers < 0) {
                    numbers = 2 * Numbers.inRange("pieces of the sparse file", number, 0, limits.maxHeaderBytes());
                } else {
                    map.add(number);
                    read++;
                }
            }
        }
    }

    private MalformedContentException located(MalformedContentException e) {
        String name = header.name();
        return new MalformedContentException(
                "tar entry " + (entries + 1) + (name.isEmpty() ? "" : " (" + Text.quote(name) + ")") + ": "
                        + e.getMessage(),
                e);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return sparse == null
                ? readStored(target, offset, length)
                : sparse.read(this::readStored, target, offset, length);
    }

    /** {@return whether the current entry is a sparse file, of which only the data between the holes is stored} */
    public boolean isSparse() {
        return sparse != null;
    }

    /** {@return where in a sparse file its stored data belongs: offsets and lengths in turn; null if it is not sparse} */
    public long @Nullable [] pieces() {
        return sparse == null ? null : sparse.pieces();
    }

    @Override
    public long skipHole() {
        return sparse == null ? 0 : sparse.skipHole();
    }

    @Override
    public int passTo(Sink sink) throws IOException {
        long data = sparse == null ? left : sparse.data();
        if (data == 0) {
            return -1;
        }
        requireData();
        int n = (int) Math.min(data, in.to() - in.from());
        sink.write(in.bytes(), in.from(), n);
        take(n);
        left -= n;
        if (sparse != null) {
            sparse.take(n);
        }
        return n;
    }

    private int readStored(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (left == 0) {
            return -1;
        }
        int n = in.read(target, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw cutData();
        }
        position += n;
        left -= n;
        return n;
    }

    private void requireData() throws IOException {
        if (!in.fill()) {
            throw cutData();
        }
    }

    private MalformedContentException cutData() {
        return cut(left + " bytes more of data");
    }

    private void take(int n) {
        in.take(n);
        position += n;
    }

    /** {@return where in the archive the stored data of the current entry starts, or goes on after what was read} */
    public long position() {
        return position;
    }

    /** Reads on to the end of the stream: what comes after an archive is no part of it, but of its digest. */
    public void drain() throws IOException {
        while (in.fill()) {
            take(in.to() - in.from());
        }
    }

    private void skipData() throws IOException {
        long skip = left + padding;
        while (skip > 0) {
            long n = in.from() < in.to() ? 0 : in.skip(skip);
            if (n == 0) {
                if (!in.fill()) {
                    throw cut(skip + " bytes more");
                }
                n = Math.min(skip, in.to() - in.from());
                in.take((int) n);
            }
            position += n;
            skip -= n;
        }
        left = 0;
        padding = 0;
    }

    /** Reads the data of a header that only describes the next one. */
    private byte[] readRecord(String what) throws IOException {
        long size = header.size();
        if (size < 0) {
            throw new MalformedContentException(what + ": expected its size, got " + size);
        }
        limits.requireHeaderBytes(what, extensions.bytes() + Math.min(size, Integer.MAX_VALUE));
        byte[] record = new byte[(int) size];
        left = size;
        padding = TarFormat.padding(size);
        for (int at = 0; at < record.length; ) {
            at += readStored(record, at, record.length - at);
        }
        skipData();
        return record;
    }

    /**
     * Moves past the next header block, which can be seen in one piece until more is read.
     *
     * @return false at the end: two blocks of zeros, or the end of the stream, as there are writers that stop there
     */
    private boolean readBlock() throws IOException {
        if (!nextBlock()) {
            return false;
        }
        if (!isZeroBlock()) {
            return true;
        }
        if (nextBlock() && !isZeroBlock()) {
            throw new MalformedContentException("expected a second block of zeros at the end, got something else");
        }
        return false;
    }

    private boolean nextBlock() throws IOException {
        if (!in.fill()) {
            return false;
        }
        if (in.to() - in.from() >= BLOCK) {
            block = in.bytes();
            blockStart = in.from();
            take(BLOCK);
            return true;
        }
        int have = in.readNBytes(pieces, 0, BLOCK);
        position += have;
        if (have < BLOCK) {
            throw cut("a header of " + BLOCK + " bytes, got " + have);
        }
        block = pieces;
        blockStart = 0;
        return true;
    }

    private boolean isZeroBlock() {
        for (int i = blockStart; i < blockStart + BLOCK; i++) {
            if (block[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static MalformedContentException cut(String expected) {
        return new MalformedContentException("the archive is cut off: expected " + expected);
    }
}
