package dev.davit.image.internal.tar;

/** Where things are in a header block: POSIX.1-2017, pax, "ustar Interchange Format". */
final class TarFormat {
    static final int BLOCK = 512;

    static final int NAME = 0;
    static final int NAME_LENGTH = 100;
    static final int MODE = 100;
    static final int UID = 108;
    static final int GID = 116;
    static final int ID_LENGTH = 8;
    static final int SIZE = 124;
    static final int MTIME = 136;
    static final int NUMBER_LENGTH = 12;
    static final int CHECKSUM = 148;
    static final int TYPE = 156;
    static final int LINK = 157;
    static final int MAGIC = 257;
    static final int DEVICE_MAJOR = 329;
    static final int DEVICE_MINOR = 337;
    static final int PREFIX = 345;
    static final int PREFIX_LENGTH = 155;

    /** GNU's old format for sparse files: offsets and lengths in turn, in the header and in blocks behind it. */
    static final int SPARSE_MAP = 386;

    static final int SPARSE_PIECES = 4;
    static final int SPARSE_MORE = 482;
    static final int SPARSE_SIZE = 483;
    static final int SPARSE_MORE_PIECES = 21;
    static final int SPARSE_EVEN_MORE = 504;

    static final String XATTR = "SCHILY.xattr.";
    static final String SPARSE = "GNU.sparse.";

    /** The largest number that fits in the octal digits of a field whose last byte is a terminator. */
    static long maxOctal(int fieldLength) {
        return (1L << (3 * (fieldLength - 1))) - 1;
    }

    /** {@return how many bytes follow data of this size up to the next block} */
    static int padding(long size) {
        return (int) (-size & (BLOCK - 1));
    }

    private TarFormat() {}
}
