package dev.davit.image.internal.tar;

import static dev.davit.image.internal.tar.TarFormat.BLOCK;

import dev.davit.image.internal.Names;
import dev.davit.oci.internal.Text;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a tar archive whose bytes depend on nothing but the entries: ustar headers, and a PAX header only for what
 * ustar cannot say. For one thread.
 */
public final class TarWriter implements Closeable {
    private static final byte[] ZEROS = new byte[2 * BLOCK];

    private final OutputStream out;
    private final byte[] header = new byte[BLOCK];
    private long missing;
    private int padding;
    private boolean finished;

    /**
     * Starts an archive.
     *
     * @param out where it goes; closed with the writer
     */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Starts an entry; its data must follow through {@link #write} before the next one.
     *
     * @throws IllegalStateException if data of the entry before is missing
     */
    public void put(TarEntry entry) throws IOException {
        endEntry();
        byte[] name = Names.encode(entry.type() == EntryType.DIRECTORY ? entry.name() + "/" : entry.name());
        byte[] link = Names.encode(entry.linkTarget());
        Map<String, byte[]> records = records(entry, name, link);
        if (!records.isEmpty()) {
            writeRecords(name, records);
        }
        writeHeader(entry, name, link, records);
        missing = entry.size();
        padding = TarFormat.padding(entry.size());
    }

    /** Writes data of the current entry. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > missing) {
            throw new IllegalStateException("more data than the entry's size: " + (length - missing) + " bytes");
        }
        out.write(bytes, offset, length);
        missing -= length;
    }

    private void endEntry() throws IOException {
        if (finished || missing != 0) {
            throw new IllegalStateException(finished ? "the archive has ended" : "missing data: " + missing + " bytes");
        }
        out.write(ZEROS, 0, padding);
        padding = 0;
    }

    /** Writes the end of the archive: two blocks of zeros. */
    public void finish() throws IOException {
        endEntry();
        out.write(ZEROS);
        finished = true;
    }

    /** Passes on what the stream behind has buffered. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Closes the stream behind this writer. An archive that was not finished stays cut off. */
    @Override
    public void close() throws IOException {
        out.close();
    }

    /** What the ustar header cannot carry. */
    private static Map<String, byte[]> records(TarEntry entry, byte[] name, byte[] link) {
        Map<String, byte[]> records = new TreeMap<>();
        if (!isInHeader(entry.name()) || (name.length > TarFormat.NAME_LENGTH && prefixLength(name) < 0)) {
            records.put("path", name);
        }
        if (!isInHeader(entry.linkTarget()) || link.length > TarFormat.NAME_LENGTH) {
            records.put("linkpath", link);
        }
        number(records, "size", entry.size(), TarFormat.NUMBER_LENGTH);
        number(records, "uid", entry.uid(), TarFormat.ID_LENGTH);
        number(records, "gid", entry.gid(), TarFormat.ID_LENGTH);
        if (entry.mtimeNanos() != 0 || !fits(entry.mtimeSeconds(), TarFormat.NUMBER_LENGTH)) {
            records.put("mtime", ascii(time(entry.mtimeSeconds(), entry.mtimeNanos())));
        }
        entry.xattrs().forEach((key, value) -> {
            requireXattr(entry.name(), key);
            records.put(TarFormat.XATTR + key, value);
        });
        return records;
    }

    /**
     * Fails for an extended attribute that cannot be written: a record's key ends at the first equals sign, and there is no
     * way to escape one that all readers know.
     */
    public static void requireXattr(String path, String name) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("extended attribute of " + Text.quote(path)
                    + ": expected a name without equals sign and NUL, got " + Text.quote(name));
        }
    }

    /**
     * {@return whether a name may stand in the header, if it is short} Names in UTF-8 beyond ASCII may not, since no standard
     * says how they are read there. Other bytes are read there as they are by all, but in records libarchive fails at them.
     */
    private static boolean isInHeader(String name) {
        return Names.isAscii(name) || Names.hasForeignBytes(name);
    }

    private static void number(Map<String, byte[]> records, String key, long value, int fieldLength) {
        if (!fits(value, fieldLength)) {
            records.put(key, ascii(Long.toString(value)));
        }
    }

    private static boolean fits(long value, int fieldLength) {
        return value >= 0 && value <= TarFormat.maxOctal(fieldLength);
    }

    /** A decimal fraction with no digit more than it needs. Before 1970 the fraction counts away from zero. */
    static String time(long seconds, int nanos) {
        if (nanos == 0) {
            return Long.toString(seconds);
        }
        boolean negative = seconds < 0;
        long whole = negative ? -(seconds + 1) : seconds;
        int fraction = negative ? 1_000_000_000 - nanos : nanos;
        String digits = Integer.toString(1_000_000_000 + fraction).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return (negative ? "-" : "") + whole + '.' + digits.substring(0, end);
    }

    private void writeRecords(byte[] name, Map<String, byte[]> records) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(256);
        records.forEach((key, value) -> {
            byte[] keyBytes = Names.encode(key);
            // the length counts its own digits
            int rest = keyBytes.length + value.length + 3;
            int length = rest + Integer.toString(rest).length();
            length = rest + Integer.toString(length).length();
            body.writeBytes(ascii(length + " "));
            body.writeBytes(keyBytes);
            body.write('=');
            body.writeBytes(value);
            body.write('\n');
        });
        Arrays.fill(header, (byte) 0);
        byte[] paxName = ascii("PaxHeaders/" + new String(name, StandardCharsets.ISO_8859_1));
        putName(TarFormat.NAME, stripped(paxName));
        putNumbers(0644, 0, 0, body.size(), 0);
        seal('x');
        out.write(header);
        body.writeTo(out);
        out.write(ZEROS, 0, TarFormat.padding(body.size()));
    }

    private void writeHeader(TarEntry entry, byte[] name, byte[] link, Map<String, byte[]> records) throws IOException {
        Arrays.fill(header, (byte) 0);
        boolean isRecord = records.containsKey("path");
        int prefix = !isRecord && name.length > TarFormat.NAME_LENGTH ? prefixLength(name) : -1;
        if (prefix > 0) {
            System.arraycopy(name, 0, header, TarFormat.PREFIX, prefix);
            putName(TarFormat.NAME, Arrays.copyOfRange(name, prefix + 1, name.length));
        } else {
            putName(TarFormat.NAME, isRecord ? stripped(name) : name);
        }
        putName(TarFormat.LINK, records.containsKey("linkpath") ? stripped(link) : link);
        // what does not fit stands in the PAX header, and a reader that does not know PAX should see nothing odd
        putNumbers(
                entry.mode(),
                clipped(entry.uid(), TarFormat.ID_LENGTH),
                clipped(entry.gid(), TarFormat.ID_LENGTH),
                clipped(entry.size(), TarFormat.NUMBER_LENGTH),
                clipped(entry.mtimeSeconds(), TarFormat.NUMBER_LENGTH));
        putOctal(TarFormat.DEVICE_MAJOR, TarFormat.ID_LENGTH, entry.deviceMajor());
        putOctal(TarFormat.DEVICE_MINOR, TarFormat.ID_LENGTH, entry.deviceMinor());
        seal(entry.type().flag);
        out.write(header);
    }

    private static long clipped(long value, int fieldLength) {
        return fits(value, fieldLength) ? value : 0;
    }

    private void putNumbers(int mode, long uid, long gid, long size, long mtime) {
        putOctal(TarFormat.MODE, TarFormat.ID_LENGTH, mode);
        putOctal(TarFormat.UID, TarFormat.ID_LENGTH, uid);
        putOctal(TarFormat.GID, TarFormat.ID_LENGTH, gid);
        putOctal(TarFormat.SIZE, TarFormat.NUMBER_LENGTH, size);
        putOctal(TarFormat.MTIME, TarFormat.NUMBER_LENGTH, mtime);
    }

    private void putName(int at, byte[] name) {
        System.arraycopy(name, 0, header, at, Math.min(name.length, TarFormat.NAME_LENGTH));
    }

    private void putOctal(int at, int length, long value) {
        if (!fits(value, length)) {
            throw new IllegalArgumentException("not a number for a tar header: " + value);
        }
        long rest = value;
        for (int i = at + length - 2; i >= at; i--) {
            header[i] = (byte) ('0' + (rest & 7));
            rest >>>= 3;
        }
    }

    private void seal(char type) {
        header[TarFormat.TYPE] = (byte) type;
        byte[] magic = ascii("ustar\00000");
        System.arraycopy(magic, 0, header, TarFormat.MAGIC, magic.length);
        Arrays.fill(header, TarFormat.CHECKSUM, TarFormat.CHECKSUM + 8, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        putOctal(TarFormat.CHECKSUM, 7, sum);
        header[TarFormat.CHECKSUM + 6] = 0;
    }

    /** {@return where to cut a long name between prefix and name, or -1 if it cannot be cut} */
    private static int prefixLength(byte[] name) {
        int earliest = name.length - TarFormat.NAME_LENGTH - 1;
        for (int i = Math.max(1, earliest); i <= TarFormat.PREFIX_LENGTH && i < name.length - 1; i++) {
            if (name[i] == '/') {
                return i;
            }
        }
        return -1;
    }

    /** What a reader that does not know PAX gets to see. */
    private static byte[] stripped(byte[] name) {
        byte[] out = name.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = out[i] < 0 ? (byte) '_' : out[i];
        }
        return out;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
