package dev.davit.image;

import dev.davit.image.internal.Names;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Writes tar archives that no honest writer would: every field is free. */
public final class RawTar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public static RawTar tar() {
        return new RawTar();
    }

    public RawTar file(String name, String content) {
        return file(name, content, 0644);
    }

    public RawTar file(String name, String content, int mode) {
        return entry('0', name, "", content.getBytes(StandardCharsets.UTF_8), h -> octal(h, 100, 8, mode));
    }

    public RawTar directory(String name) {
        return directory(name, 0755);
    }

    public RawTar directory(String name, int mode) {
        return entry('5', name, "", new byte[0], h -> octal(h, 100, 8, mode));
    }

    public RawTar symlink(String name, String target) {
        return entry('2', name, target, new byte[0], h -> {});
    }

    public RawTar hardLink(String name, String target) {
        return entry('1', name, target, new byte[0], h -> {});
    }

    public RawTar fifo(String name) {
        return entry('6', name, "", new byte[0], h -> {});
    }

    public RawTar device(char type, String name, int major, int minor) {
        return entry(type, name, "", new byte[0], h -> {
            octal(h, 329, 8, major);
            octal(h, 337, 8, minor);
        });
    }

    /** A whiteout of a path, or with {@code .wh..opq} as last element, of what is in a directory. */
    public RawTar whiteout(String path) {
        int slash = path.lastIndexOf('/') + 1;
        return file(path.substring(0, slash) + ".wh." + path.substring(slash), "");
    }

    public RawTar opaque(String directory) {
        return file(directory + "/.wh..wh..opq", "");
    }

    /** A PAX header for the next entry: {@code key, value, key, value, …}. */
    public RawTar pax(String... records) {
        return entry('x', "PaxHeaders/x", "", paxBody(records), h -> {});
    }

    public RawTar globalPax(String... records) {
        return entry('g', "pax_global_header", "", paxBody(records), h -> {});
    }

    public RawTar rawPax(String body) {
        return entry('x', "PaxHeaders/x", "", body.getBytes(StandardCharsets.ISO_8859_1), h -> {});
    }

    public RawTar longName(String name) {
        return entry('L', "././@LongLink", "", Names.encode(name + "\0"), h -> {});
    }

    public RawTar longLink(String name) {
        return entry('K', "././@LongLink", "", Names.encode(name + "\0"), h -> {});
    }

    private static byte[] paxBody(String... records) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < records.length; i += 2) {
            byte[] record = Names.encode(' ' + records[i] + '=' + records[i + 1] + '\n');
            int length = record.length + 1;
            while (Integer.toString(length).length() + record.length != length) {
                length++;
            }
            body.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(record);
        }
        return body.toByteArray();
    }

    /** Any entry; the header can be changed before its checksum is set. */
    public RawTar entry(char type, String name, String link, byte[] data, Consumer<byte[]> change) {
        if (Names.encode(name).length > 100 && type != 'x' && type != 'g') {
            pax("path", name);
        }
        byte[] header = new byte[512];
        text(header, 0, 100, name);
        octal(header, 100, 8, 0644);
        octal(header, 108, 8, 0);
        octal(header, 116, 8, 0);
        octal(header, 124, 12, data.length);
        octal(header, 136, 12, 0);
        header[156] = (byte) type;
        text(header, 157, 100, link);
        text(header, 257, 8, "ustar\00000");
        change.accept(header);
        seal(header);
        out.writeBytes(header);
        out.writeBytes(data);
        out.writeBytes(new byte[-data.length & 511]);
        return this;
    }

    public RawTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public static void seal(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, 148, 7, sum);
    }

    public static void text(byte[] header, int at, int length, String text) {
        byte[] bytes = Names.encode(text);
        Arrays.fill(header, at, at + length, (byte) 0);
        System.arraycopy(bytes, 0, header, at, Math.min(length, bytes.length));
    }

    public static void octal(byte[] header, int at, int length, long value) {
        String digits = String.format("%0" + (length - 1) + "o", value);
        text(header, at, length, digits);
    }

    /** GNU's form of numbers that do not fit in octal digits. */
    public static void binary(byte[] header, int at, int length, long value) {
        for (int i = 0; i < length; i++) {
            int shift = 8 * (length - 1 - i);
            header[at + i] = shift >= 64 ? (byte) (value < 0 ? -1 : 0) : (byte) (value >> shift);
        }
        header[at] = (byte) (value < 0 ? 0xff : 0x80);
    }

    /** The archive with its end. */
    public byte[] bytes() {
        byte[] body = out.toByteArray();
        return Arrays.copyOf(body, body.length + 1024);
    }

    /** The archive without its end. */
    public byte[] unfinished() {
        return out.toByteArray();
    }
}
