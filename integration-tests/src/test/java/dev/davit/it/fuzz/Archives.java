package dev.davit.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Tar archives that no writer would make, and images of them. */
final class Archives {
    private static final int BLOCK = 512;
    private static final int CHECKSUM = 148;

    private Archives() {}

    /** {@return a header and the data that belongs to it} */
    static byte[] entry(char type, String name, String link, byte[] data) {
        byte[] entry = new byte[BLOCK + (data.length + BLOCK - 1) / BLOCK * BLOCK];
        put(entry, 0, name);
        put(entry, 100, "0000755");
        put(entry, 108, "0000000");
        put(entry, 116, "0000000");
        put(entry, 124, String.format("%011o", data.length));
        put(entry, 136, "00000000000");
        entry[156] = (byte) type;
        put(entry, 157, link);
        put(entry, 257, "ustar\00000");
        System.arraycopy(data, 0, entry, BLOCK, data.length);
        seal(entry, 0);
        return entry;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        System.arraycopy(bytes, 0, header, at, Math.min(bytes.length, 100));
    }

    /** {@return the body of a PAX header: keys and values in turn} */
    static byte[] pax(String... records) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < records.length; i += 2) {
            String record = " " + records[i] + "=" + records[i + 1] + "\n";
            int length = record.length() + 1;
            while (Integer.toString(length).length() + record.length() != length) {
                length++;
            }
            body.append(length).append(record);
        }
        return body.toString().getBytes(ISO_8859_1);
    }

    /** Sets the checksum of each block that looks like a header: a fuzzer would never find it. */
    static byte[] sealed(byte[] archive) {
        byte[] sealed = archive.clone();
        for (int at = 0; at + BLOCK <= sealed.length; at += BLOCK) {
            if (sealed[at + 257] == 'u' && sealed[at + 258] == 's') {
                seal(sealed, at);
            }
        }
        return sealed;
    }

    private static void seal(byte[] archive, int at) {
        Arrays.fill(archive, at + CHECKSUM, at + CHECKSUM + 8, (byte) ' ');
        int sum = 0;
        for (int i = at; i < at + BLOCK; i++) {
            sum += archive[i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(ISO_8859_1);
        System.arraycopy(digits, 0, archive, at + CHECKSUM, digits.length);
    }

    /** {@return an archive of entries, with its end} */
    static byte[] archive(List<byte[]> entries) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        entries.forEach(all::writeBytes);
        all.writeBytes(new byte[2 * BLOCK]);
        return all.toByteArray();
    }

    /** {@return an image whose layers are these archives} */
    static Image image(List<byte[]> archives) {
        List<Blob> layers = archives.stream()
                .<Blob>map(bytes -> new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, bytes), bytes))
                .toList();
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                .diffIds(archives.stream().map(Digest::sha256).toList())
                .build();
        Manifest manifest = Manifest.builder(config.descriptor())
                .layers(layers.stream().map(Blob::descriptor).toList())
                .build();
        return Image.of(manifest, config, layers);
    }
}
