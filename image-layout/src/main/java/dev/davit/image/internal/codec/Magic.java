package dev.davit.image.internal.codec;

import dev.davit.image.Compression;
import dev.davit.oci.MalformedContentException;

/** Recognises what a layer is by its first bytes. The names and media types of layers are often wrong. */
public final class Magic {
    /** How many bytes it takes to be sure. */
    public static final int LENGTH = 512;

    private static final int CHECKSUM = 148;

    private Magic() {}

    /**
     * {@return how a layer is compressed}
     *
     * @param head its first {@link #LENGTH} bytes, or all if there are fewer
     * @throws MalformedContentException if it is nothing that a layer may be
     */
    public static Compression compression(byte[] head) {
        if (starts(head, 0x1f, 0x8b)) {
            return Compression.GZIP;
        }
        boolean skippableFrame =
                head.length >= 4 && (head[0] & 0xf0) == 0x50 && starts(head, head[0] & 0xff, 0x2a, 0x4d, 0x18);
        if (starts(head, 0x28, 0xb5, 0x2f, 0xfd) || skippableFrame) {
            return Compression.ZSTD;
        }
        if (isTar(head)) {
            return Compression.NONE;
        }
        throw new MalformedContentException(
                "expected a tar archive, plain or compressed with gzip or zstd, got " + describe(head));
    }

    private static String describe(byte[] head) {
        if (starts(head, 0xfd, '7', 'z', 'X', 'Z')) {
            return "xz";
        }
        if (starts(head, 'B', 'Z', 'h')) {
            return "bzip2";
        }
        return "something else";
    }

    /** An archive may have no entry, and then no block. */
    private static boolean isTar(byte[] head) {
        if (head.length == 0) {
            return true;
        }
        if (head.length < LENGTH) {
            return false;
        }
        int sum = 0;
        int signed = 0;
        boolean zero = true;
        for (int i = 0; i < LENGTH; i++) {
            byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : head[i];
            sum += b & 0xff;
            signed += b;
            zero &= head[i] == 0;
        }
        int expected = octal(head);
        return zero || expected == sum || expected == signed;
    }

    private static int octal(byte[] head) {
        int i = CHECKSUM;
        while (i < CHECKSUM + 8 && (head[i] == ' ' || head[i] == 0)) {
            i++;
        }
        int value = 0;
        for (; i < CHECKSUM + 8 && head[i] >= '0' && head[i] <= '7'; i++) {
            value = (value << 3) + (head[i] - '0');
        }
        return value;
    }

    private static boolean starts(byte[] head, int... magic) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
