package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ImageFileSystem;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are large in one way or the other are unpacked with a small heap. */
class LargeImagesTest {
    @TempDir
    private Path work;

    @Test
    void a_million_files_take_192_megabytes_of_heap() throws Exception {
        unpackInAnotherJvm("-Xmx192m", 1, 1_000_000, 0);
    }

    @Test
    void a_file_of_a_gigabyte_takes_128_megabytes_of_heap() throws Exception {
        unpackInAnotherJvm("-Xmx128m", 1, 1, 1L << 30);
    }

    @Test
    void a_hundred_thousand_files_are_looked_at_in_64_megabytes_of_heap() {
        assertThat(inAnotherJvm("-Xmx64m", "", 1, 100_000, 0)).contains("100101 paths");
    }

    @Test
    @Tag("soak")
    void a_million_files_that_replace_a_million_take_192_megabytes_of_heap() throws Exception {
        unpackInAnotherJvm("-Xmx192m", 2, 1_000_000, 0);
    }

    @Test
    @Tag("soak")
    void a_file_of_ten_gigabytes_takes_128_megabytes_of_heap() throws Exception {
        unpackInAnotherJvm("-Xmx128m", 1, 1, 10L << 30);
    }

    private void unpackInAnotherJvm(String heap, int layers, int files, long size) throws Exception {
        // a million inodes take seconds in memory, and minutes on some disks
        Path memory = Path.of("/dev/shm");
        boolean fits = Files.isWritable(memory)
                && Files.getFileStore(memory).getUsableSpace() > layers * (size + 1024L * files) + (1L << 30);
        Path parent = Files.createTempDirectory(fits && size == 0 ? memory : work, "davit-large-");
        Path target = parent.resolve("root");
        try {
            System.out.println(
                    "result: unpack with " + heap + ": " + inAnotherJvm(heap, target.toString(), layers, files, size));
        } finally {
            // faster than the test framework would
            Command.of("rm", "-rf", parent.toString()).run();
        }
    }

    /** {@return the last line that it said} */
    private static String inAnotherJvm(String heap, String target, int layers, int files, long size) {
        String output = Command.java(
                        heap,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        target,
                        Integer.toString(layers),
                        Integer.toString(files),
                        Long.toString(size))
                .within(10)
                .run();
        return output.lines().reduce((a, b) -> b).orElse("");
    }

    /** Unpacks an image with equal layers of some files of some size; without a target, looks into it. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            int layers = Integer.parseInt(args[1]);
            int files = Integer.parseInt(args[2]);
            long size = Long.parseLong(args[3]);
            Digester digester = Digester.sha256();
            byte[] buffer = new byte[64 * 1024];
            try (InputStream tar = new Tar(files, size)) {
                for (int n = tar.read(buffer, 0, buffer.length); n >= 0; n = tar.read(buffer, 0, buffer.length)) {
                    digester.update(buffer, 0, n);
                }
            }
            long length = digester.size();
            Digest digest = digester.digest();
            Descriptor descriptor = Descriptor.of(MediaType.OCI_LAYER, digest, length);
            Blob layer = new Blob() {
                @Override
                public Descriptor descriptor() {
                    return descriptor;
                }

                @Override
                public InputStream open() {
                    return new Tar(files, size);
                }

                @Override
                public InputStream openRange(long from, long end) {
                    throw new UnsupportedOperationException();
                }
            };
            ImageConfig config = ImageConfig.builder(Platform.host())
                    .diffIds(Collections.nCopies(layers, digest))
                    .build();
            Manifest manifest = Manifest.builder(config.descriptor())
                    .layers(Collections.nCopies(layers, descriptor))
                    .build();
            Image image = Image.of(manifest, config, Collections.nCopies(layers, layer));
            if (args[0].isEmpty()) {
                try (FileSystem fs = ImageFileSystem.open(image);
                        Stream<Path> all = Files.walk(fs.getPath("/"))) {
                    System.out.println(all.count() + " paths");
                }
                return;
            }
            long start = System.nanoTime();
            UnpackReport report = Unpacker.into(Path.of(args[0])).noOwner().unpack(image);
            System.out.println(report.entries() + " entries, " + report.bytes() + " bytes in "
                    + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s");
        }
    }

    /** An archive that is made while it is read: files in directories of a thousand. */
    private static final class Tar extends InputStream {
        private static final int BLOCK = 512;

        private final int files;
        private final long size;
        private byte[] header = new byte[0];
        private int at;
        private int next;
        private long data;

        Tar(int files, long size) {
            this.files = files;
            this.size = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (at == header.length && data == 0) {
                if (next > files) {
                    return -1;
                }
                header = next == files ? new byte[2 * BLOCK] : header("d" + next / 1000 + "/f" + next);
                data = next == files ? 0 : size;
                at = 0;
                next++;
            }
            if (at < header.length) {
                int n = Math.min(length, header.length - at);
                System.arraycopy(header, at, target, offset, n);
                at += n;
                return n;
            }
            int n = (int) Math.min(length, data);
            data -= n;
            for (int i = offset; i < offset + n; i++) {
                target[i] = (byte) i;
            }
            return n;
        }

        private byte[] header(String name) {
            byte[] block = new byte[BLOCK];
            put(block, 0, name);
            put(block, 100, "0000644\0000000000\0000000000\0" + String.format("%011o", size) + "\00000000000000\0");
            put(block, 148, "        0");
            put(block, 257, "ustar\00000");
            int sum = 0;
            for (byte b : block) {
                sum += b & 0xff;
            }
            put(block, 148, String.format("%06o\0", sum));
            return block;
        }

        private static void put(byte[] block, int at, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(bytes, 0, block, at, bytes.length);
        }
    }
}
