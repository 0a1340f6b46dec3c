package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Command;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.Fault;
import dev.davit.testkit.RecordedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Large layers are pushed, copied and pulled in a small heap and without any file, also if their connections break. */
class LargeTransfersTest {
    private static final long MEGABYTE = 1_000_000;

    @Test
    void three_layers_at_once_take_32_megabytes_of_heap_and_no_file() {
        transfer("-Xmx32m", 3, 40 * MEGABYTE);
    }

    @Test
    @Tag("soak")
    void several_layers_of_a_gigabyte_at_once_take_64_megabytes_of_heap_and_no_file() {
        transfer("-Xmx64m", 4, 1000 * MEGABYTE);
        System.out.println("result: 4 layers of 1 GB at once with -Xmx64m: pushed, copied, pulled, broken and resumed");
    }

    @Test
    @Tag("soak")
    void a_layer_of_ten_gigabytes_takes_64_megabytes_of_heap_and_no_file() {
        transfer("-Xmx64m", 1, 10_000 * MEGABYTE);
        System.out.println("result: a layer of 10 GB with -Xmx64m: pushed, copied, pulled, broken and resumed");
    }

    private static void transfer(String heap, int layers, long size) {
        try (EmbeddedRegistry from = EmbeddedRegistry.start();
                EmbeddedRegistry to = EmbeddedRegistry.start()) {
            // once more than there are layers: the configuration, which is too short to break, may come first
            from.inject(
                    Fault.dropAfter(size / 2).on("GET", "*/blobs/sha256:*").times(layers + 1),
                    Fault.dropRequestAfter(size / 3)
                            .on("PUT", "*/blobs/uploads/*")
                            .times(2));

            String out = Command.java(
                            heap,
                            "-Djava.io.tmpdir=/nonexistent",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            from.address(),
                            to.address(),
                            Integer.toString(layers),
                            Long.toString(size))
                    .run();

            assertThat(out).endsWith("everything arrived\n");
            assertThat(from.requests())
                    .as("some went on in the middle")
                    .extracting(RecordedRequest::status)
                    .contains(206);
        }
    }

    /** Does it all, in a JVM that has no place for temporary files. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            int layers = Integer.parseInt(args[2]);
            long size = Long.parseLong(args[3]);
            List<Blob> blobs = IntStream.range(0, layers)
                    .<Blob>mapToObj(i -> Pattern.of(i, size))
                    .toList();
            ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                    .diffIds(blobs.stream()
                            .map(blob -> blob.descriptor().digest())
                            .toList())
                    .build();
            Manifest manifest = Manifest.builder(config.descriptor())
                    .layers(blobs.stream().map(Blob::descriptor).toList())
                    .build();
            String from = args[0] + "/acme/large:1";
            String to = args[1] + "/acme/large:1";
            try (RegistryClient client = RegistryClient.create()) {
                client.push(Image.of(manifest, config, blobs), from);
                Copier.create().copy(client.repository(from), "1", client.repository(to), "1");
                for (Layer layer : client.image(to, Platform.LINUX_AMD64).layers()) {
                    try (InputStream in = layer.blob().open()) {
                        in.transferTo(OutputStream.nullOutputStream());
                    }
                }
            }
            System.out.println("everything arrived");
        }
    }

    /** Any number of bytes that can be made again: a block of noise, again and again, each time with its number. */
    private static final class Pattern implements Blob {
        private final Descriptor descriptor;
        private final byte[] noise;

        private Pattern(Descriptor descriptor, byte[] noise) {
            this.descriptor = descriptor;
            this.noise = noise;
        }

        static Pattern of(int seed, long size) {
            byte[] noise = new byte[1 << 16];
            new Random(seed).nextBytes(noise);
            try (InputStream in = new Noise(noise, 0, size)) {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
                Digest digest = Digest.parse("sha256:" + HexFormat.of().formatHex(sha256.digest()));
                return new Pattern(Descriptor.of(MediaType.OCI_LAYER, digest, size), noise);
            } catch (IOException | NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            return new Noise(noise, 0, descriptor.size());
        }

        @Override
        public InputStream openRange(long from, long length) {
            return new Noise(noise, from, Math.min(descriptor.size(), from + length));
        }
    }

    private static final class Noise extends InputStream {
        private final byte[] block;
        private final long end;
        private long position;

        Noise(byte[] block, long from, long end) {
            this.block = block;
            this.position = from;
            this.end = end;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (position >= end) {
                return -1;
            }
            int at = (int) (position % block.length);
            int n = (int) Math.min(Math.min(length, block.length - at), end - position);
            System.arraycopy(block, at, target, offset, n);
            if (at == 0) {
                target[offset] ^= (byte) (position / block.length);
            }
            position += n;
            return n;
        }
    }
}
