package dev.davit.image.internal.tar;

import static dev.davit.image.internal.tar.TarFormat.BLOCK;

import dev.davit.image.internal.Names;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Parses one header block at a time. For one thread. */
final class HeaderParser {
    private static final byte[] USTAR = "ustar\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GNU = "ustar  \0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STAR = "tar\0".getBytes(StandardCharsets.US_ASCII);
    /** Jörg Schilling's tar has a shorter prefix, and times behind it. */
    private static final int STAR_PREFIX_LENGTH = 131;

    private static final int STAR_MAGIC = 508;

    private byte[] block = new byte[0];
    private int at;
    private char typeFlag;
    private String name = "";
    private long size;

    /** Parses the block and checks its sum. Other values are parsed when they are asked for. */
    void parse(byte[] bytes, int offset) {
        block = bytes;
        at = offset;
        name = "";
        checkSum();
        typeFlag = (char) (block[at + TarFormat.TYPE] & 0xff);
        name = parseName();
        size = number("size", TarFormat.SIZE, TarFormat.NUMBER_LENGTH);
        // before there was a type for directories they were files whose names end with a slash
        if (typeFlag == '\0') {
            typeFlag = name.endsWith("/") ? '5' : '0';
        }
    }

    /** Old writers on machines with signed bytes summed those. */
    private void checkSum() {
        int unsigned = 0;
        int signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte b = i >= TarFormat.CHECKSUM && i < TarFormat.CHECKSUM + 8 ? (byte) ' ' : block[at + i];
            unsigned += b & 0xff;
            signed += b;
        }
        long expected = octal("checksum", TarFormat.CHECKSUM, 8);
        if (expected != unsigned && expected != signed) {
            throw new MalformedContentException("checksum: expected " + expected + ", got " + unsigned);
        }
    }

    private String parseName() {
        String own = text(TarFormat.NAME, TarFormat.NAME_LENGTH);
        if (!has(TarFormat.MAGIC, USTAR)) {
            return own;
        }
        int length = has(STAR_MAGIC, STAR) ? STAR_PREFIX_LENGTH : TarFormat.PREFIX_LENGTH;
        String prefix = text(TarFormat.PREFIX, length);
        return prefix.isEmpty() ? own : prefix + '/' + own;
    }

    char typeFlag() {
        return typeFlag;
    }

    String name() {
        return name;
    }

    long size() {
        return size;
    }

    String link() {
        return text(TarFormat.LINK, TarFormat.NAME_LENGTH);
    }

    int mode() {
        return (int) number("mode", TarFormat.MODE, TarFormat.ID_LENGTH) & 07777;
    }

    long uid() {
        return number("uid", TarFormat.UID, TarFormat.ID_LENGTH);
    }

    long gid() {
        return number("gid", TarFormat.GID, TarFormat.ID_LENGTH);
    }

    long mtime() {
        return number("mtime", TarFormat.MTIME, TarFormat.NUMBER_LENGTH);
    }

    long deviceMajor() {
        return device("major device number", TarFormat.DEVICE_MAJOR);
    }

    long deviceMinor() {
        return device("minor device number", TarFormat.DEVICE_MINOR);
    }

    /** {@return the length of a sparse file in GNU's old format} */
    long sparseSize() {
        return number("size of the sparse file", TarFormat.SPARSE_SIZE, TarFormat.NUMBER_LENGTH);
    }

    /** {@return whether a block with more of the sparse map follows the header} */
    boolean sparseMap(SparseMap.Builder map) {
        sparsePieces(map, TarFormat.SPARSE_MAP, TarFormat.SPARSE_PIECES);
        return block[at + TarFormat.SPARSE_MORE] != 0;
    }

    /** {@return whether another block follows this one, which is nothing but a piece of the sparse map} */
    boolean sparseMap(SparseMap.Builder map, byte[] bytes, int offset) {
        block = bytes;
        at = offset;
        sparsePieces(map, 0, TarFormat.SPARSE_MORE_PIECES);
        return block[at + TarFormat.SPARSE_EVEN_MORE] != 0;
    }

    /** The map ends at the first piece that is not there. */
    private void sparsePieces(SparseMap.Builder map, int field, int pieces) {
        for (int i = 0; i < pieces; i++) {
            int offset = field + 2 * i * TarFormat.NUMBER_LENGTH;
            if (block[at + offset] == 0) {
                return;
            }
            map.add(number("sparse map", offset, TarFormat.NUMBER_LENGTH));
            map.add(number("sparse map", offset + TarFormat.NUMBER_LENGTH, TarFormat.NUMBER_LENGTH));
        }
    }

    private long device(String what, int field) {
        boolean known = has(TarFormat.MAGIC, USTAR) || has(TarFormat.MAGIC, GNU);
        long value = known ? number(what, field, TarFormat.ID_LENGTH) : 0;
        return Numbers.inRange(what, value, 0, 0xffff_ffffL);
    }

    private boolean has(int field, byte[] magic) {
        return Arrays.equals(block, at + field, at + field + magic.length, magic, 0, magic.length);
    }

    /** {@return a field up to its first NUL} */
    private String text(int field, int length) {
        return Names.decode(block, at + field, lengthToNul(field, length));
    }

    private int lengthToNul(int field, int length) {
        for (int i = 0; i < length; i++) {
            if (block[at + field + i] == 0) {
                return i;
            }
        }
        return length;
    }

    /** {@return a number in octal digits, or in GNU's binary form for those that need more room} */
    private long number(String what, int field, int length) {
        int first = block[at + field] & 0xff;
        return (first & 0x80) == 0 ? octal(what, field, length) : binary(what, field, length);
    }

    private long octal(String what, int field, int length) {
        int from = at + field;
        int to = from + length;
        while (from < to && (block[from] == ' ' || block[from] == 0)) {
            from++;
        }
        long value = 0;
        int i = from;
        for (; i < to && block[i] >= '0' && block[i] <= '7'; i++) {
            value = value << 3 | block[i] - '0';
        }
        if (i < to && block[i] != ' ' && block[i] != 0) {
            throw new MalformedContentException(what + ": expected octal digits, got "
                    + Text.quote(new String(block, at + field, length, StandardCharsets.ISO_8859_1)));
        }
        return value;
    }

    /** Big-endian two's complement, of which the topmost bit only says that it is this form. */
    private long binary(String what, int field, int length) {
        boolean negative = (block[at + field] & 0x40) != 0;
        int fill = negative ? 0xff : 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int b = block[at + field + i] & 0xff;
            if (i == 0) {
                b = negative ? b | 0x80 : b & 0x7f;
            }
            boolean lost = i < length - 8 && b != fill;
            boolean signLost = i == length - 8 && (b & 0x80) != (fill & 0x80);
            if (lost || signLost) {
                throw new MalformedContentException(what + ": expected a number of 64 bits, got more");
            }
            value = value << 8 | b;
        }
        return value;
    }
}
