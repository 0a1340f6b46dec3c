package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.FolderTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Content of files in an image, from any place of it, however its layers are stored. */
@Tag("jdk25")
class RandomReadsTest {
    private static final byte[] LARGE = content(9_000_000, 1);
    private static final byte[] SMALL = content(1000, 2);
    private static final byte[] ARCHIVE = RawTar.tar()
            .file("first", "1")
            .entry('0', "large", "", LARGE, header -> {})
            .entry('0', "small", "", SMALL, header -> {})
            .bytes();
    private static final Map<Form, byte[]> STORED = new ConcurrentHashMap<>();

    @TempDir
    Path folder;

    /** How a layer is stored. */
    enum Form {
        PLAIN {
            @Override
            byte[] store(byte[] archive) {
                return archive;
            }
        },
        GZIP {
            @Override
            byte[] store(byte[] archive) throws IOException {
                return compressed(archive, archive.length, GZIPOutputStream::new);
            }
        },
        GZIP_MEMBERS {
            @Override
            byte[] store(byte[] archive) throws IOException {
                return compressed(archive, 100_000, GZIPOutputStream::new);
            }
        },
        ZSTD {
            @Override
            byte[] store(byte[] archive) throws IOException {
                return compressed(archive, archive.length, ZstdOutputStream::new);
            }
        };

        MediaType type() {
            return switch (this) {
                case PLAIN -> MediaType.OCI_LAYER;
                case ZSTD -> MediaType.OCI_LAYER_ZSTD;
                default -> MediaType.OCI_LAYER_GZIP;
            };
        }

        abstract byte[] store(byte[] archive) throws IOException;

        private interface Compressor {
            OutputStream over(OutputStream out) throws IOException;
        }

        private static byte[] compressed(byte[] archive, int part, Compressor compressor) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int at = 0; at < archive.length; at += part) {
                try (OutputStream member = compressor.over(out)) {
                    member.write(archive, at, Math.min(part, archive.length - at));
                }
            }
            return out.toByteArray();
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    @SuppressWarnings("try") // closed before its end
    void any_part_of_any_file_can_be_read_in_any_order(Form form) throws IOException {
        try (FileSystem fs = ImageFileSystem.open(image(form));
                SeekableByteChannel channel = Files.newByteChannel(fs.getPath("/large"))) {
            assertThat(channel.size()).isEqualTo(LARGE.length);
            Random random = new Random(3);
            for (int i = 0; i < 60; i++) {
                int from = random.nextInt(LARGE.length);
                int length = random.nextInt(i % 2 == 0 ? 100 : 300_000);
                ByteBuffer target = i % 3 == 0 ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
                channel.position(from);
                while (target.hasRemaining() && channel.read(target) >= 0) {
                    // until it is full, or the file ends
                }
                byte[] read = new byte[target.flip().remaining()];
                target.get(read);
                assertThat(read).isEqualTo(Arrays.copyOfRange(LARGE, from, Math.min(from + length, LARGE.length)));
                if (i % 10 == 0) {
                    assertThat(Files.readAllBytes(fs.getPath("/small"))).isEqualTo(SMALL);
                }
            }
            assertThat(channel.position(LARGE.length + 5L).read(ByteBuffer.allocate(1)))
                    .isEqualTo(-1);
            assertThat(channel.position()).isEqualTo(LARGE.length + 5L);
            assertThat(channel.position(0).read(ByteBuffer.allocate(0))).isZero();
            assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.truncate(0)).isInstanceOf(NonWritableChannelException.class);
            channel.close();
            assertThat(channel.isOpen()).isFalse();
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
            assertThat(Files.readAllBytes(fs.getPath("/large"))).isEqualTo(LARGE);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void several_threads_read_at_once(Form form) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (FileSystem fs = ImageFileSystem.open(image(form))) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                boolean large = i % 4 == 0;
                tasks.add(() -> Arrays.equals(
                        Files.readAllBytes(fs.getPath(large ? "/large" : "/small")), large ? LARGE : SMALL));
            }
            for (Future<Boolean> same : pool.invokeAll(tasks)) {
                assertThat(same.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void a_byte_far_into_a_layer_does_not_take_what_lies_before_it() throws IOException {
        for (Form form : List.of(Form.PLAIN, Form.GZIP, Form.GZIP_MEMBERS)) {
            CountingBlob blob = new CountingBlob(form);
            try (FileSystem fs = ImageFileSystem.open(image(blob));
                    SeekableByteChannel channel = Files.newByteChannel(fs.getPath("/large"))) {
                blob.bytes = 0;
                channel.position(LARGE.length / 2).read(ByteBuffer.allocate(10));
                assertThat(blob.bytes).as("bytes read of %s", form).isBetween(1L, 2L << 20);
            }
        }
    }

    @Test
    void files_that_are_read_in_their_order_go_on_where_the_one_before_ended() throws IOException {
        RawTar tar = RawTar.tar();
        for (int i = 0; i < 500; i++) {
            tar.file("f" + (1000 + i), new String(content(5000, i), StandardCharsets.ISO_8859_1));
        }
        byte[] archive = tar.bytes();
        CountingBlob blob = new CountingBlob(Form.GZIP, Form.GZIP.store(archive));
        try (FileSystem fs = ImageFileSystem.open(image(archive, blob))) {
            blob.bytes = 0;
            try (Stream<Path> files = Files.list(fs.getPath("/"))) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    assertThat(Files.readAllBytes(file)).isNotEmpty();
                }
            }
            assertThat(blob.bytes).isLessThan(3L * blob.stored.length);
        }
    }

    @Test
    void the_holes_of_a_sparse_file_are_zeros() throws IOException {
        RawTar tar = RawTar.tar()
                .pax("GNU.sparse.size", "1000000", "GNU.sparse.map", "10,3,200000,2,999999,1")
                .file("sparse", "abcdef");
        byte[] expected = new byte[1_000_000];
        System.arraycopy(new byte[] {'a', 'b', 'c'}, 0, expected, 10, 3);
        System.arraycopy(new byte[] {'d', 'e'}, 0, expected, 200_000, 2);
        expected[999_999] = 'f';
        try (FileSystem fs = ImageFileSystem.open(TestImages.of(List.of(tar.bytes())))) {
            assertThat(Files.readAllBytes(fs.getPath("/sparse"))).isEqualTo(expected);
            try (SeekableByteChannel channel = Files.newByteChannel(fs.getPath("/sparse"))) {
                ByteBuffer two = ByteBuffer.allocateDirect(2);
                channel.position(200_001).read(two);
                assertThat(two.get(0)).isEqualTo((byte) 'e');
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void what_changes_after_it_was_verified_is_noticed_before_a_byte_of_it_comes_out(Form form) throws IOException {
        CountingBlob blob = new CountingBlob(form);
        try (FileSystem fs = ImageFileSystem.open(image(blob))) {
            byte[] before = blob.stored.clone();
            // the middle of the large file
            blob.stored[blob.stored.length / 2] ^= 1;
            try (SeekableByteChannel channel = Files.newByteChannel(fs.getPath("/large"))) {
                ByteBuffer target = ByteBuffer.allocate(LARGE.length);
                assertThatThrownBy(() -> {
                            while (channel.read(target) >= 0) {
                                // until it is noticed
                            }
                        })
                        .isInstanceOf(IOException.class)
                        .hasCauseInstanceOf(IntegrityException.class)
                        .hasMessageContaining("/large");
                byte[] read = Arrays.copyOf(target.array(), target.position());
                assertThat(read).isEqualTo(Arrays.copyOf(LARGE, read.length));

                blob.stored = before;
                channel.position(0);
                assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(10);
            }
            blob.stored = Arrays.copyOf(before, before.length / 2);
            assertThatThrownBy(() -> readLast(fs)).isInstanceOf(IOException.class);
        }
    }

    private static void readLast(FileSystem fs) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(fs.getPath("/large"))) {
            channel.position(LARGE.length - 10L).read(ByteBuffer.allocate(10));
            throw new IOException("a decoded copy needs no blob any more");
        }
    }

    @Test
    void a_layer_that_lies_is_refused_when_it_is_opened() throws IOException {
        byte[] archive = ARCHIVE;
        Descriptor descriptor = Descriptor.of(MediaType.OCI_LAYER, archive);
        Blob other = new UnverifiedBlob(descriptor, content(archive.length, 7));
        assertThatThrownBy(() -> ImageFileSystem.open(TestImages.of(List.of(other), List.of(descriptor.digest()))))
                .isInstanceOf(DavitException.class);
        Digest diffId = Digest.sha256(new byte[0]);
        Blob layer = new ByteBlob(descriptor, archive);
        assertThatThrownBy(() -> ImageFileSystem.open(TestImages.of(List.of(layer), List.of(diffId))))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("diffID");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void a_layer_whose_index_is_in_the_cache_is_not_read_again(Form form) throws IOException {
        ContentCache cache = ContentCache.at(folder.resolve("cache"), 100_000_000);
        CountingBlob blob = new CountingBlob(form);
        Image image = image(blob);
        try (FileSystem fs = ImageFileSystem.open(image, cache)) {
            assertThat(Files.readAllBytes(fs.getPath("/large"))).isEqualTo(LARGE);
        }
        blob.bytes = 0;
        try (FileSystem fs = ImageFileSystem.open(image, cache)) {
            assertThat(Files.size(fs.getPath("/large"))).isEqualTo(LARGE.length);
            assertThat(blob.bytes).isZero();
            assertThat(Files.readAllBytes(fs.getPath("/large"))).isEqualTo(LARGE);
            assertThat(blob.bytes == 0).as("the decoded copy is kept").isEqualTo(form == Form.ZSTD);
        }
    }

    @Test
    void a_damaged_index_is_made_again() throws IOException {
        ContentCache cache = ContentCache.at(folder, 100_000_000);
        CountingBlob blob = new CountingBlob(Form.GZIP);
        ImageFileSystem.open(image(blob), cache).close();
        Path index;
        try (Stream<Path> files = Files.list(folder.resolve("derived"))) {
            index = files.findFirst().orElseThrow();
        }
        byte[] good = Files.readAllBytes(index);
        for (int at : new int[] {0, 100, good.length / 2, good.length - 40, good.length - 1, -20, -good.length}) {
            byte[] bad = at < 0 ? Arrays.copyOf(good, good.length + at) : good.clone();
            if (at >= 0) {
                bad[at] ^= 1;
            }
            Files.write(index, bad);
            blob.bytes = 0;
            try (FileSystem fs = ImageFileSystem.open(image(blob), cache)) {
                assertThat(blob.bytes).as("read again").isPositive();
                assertThat(Files.readAllBytes(fs.getPath("/small"))).isEqualTo(SMALL);
            }
            assertThat(index).hasBinaryContent(good);
        }
    }

    @Test
    void a_layer_that_is_in_the_cache_with_another_diff_id_is_no_proof() throws IOException {
        ContentCache cache = ContentCache.at(folder, 100_000_000);
        byte[] archive = ARCHIVE;
        Blob layer = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, archive), archive);
        ImageFileSystem.open(TestImages.of(List.of(layer), List.of(Digest.sha256(archive))), cache)
                .close();
        Image liar = TestImages.of(List.of(layer), List.of(Digest.sha256(new byte[0])));
        assertThatThrownBy(() -> ImageFileSystem.open(liar, cache)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void a_decoded_layer_that_does_not_fit_into_the_cache_goes_elsewhere() throws IOException {
        ContentCache cache = ContentCache.at(folder, 1_000_000);
        try (FileSystem fs = ImageFileSystem.open(image(Form.ZSTD), cache)) {
            assertThat(Files.readAllBytes(fs.getPath("/large"))).isEqualTo(LARGE);
            assertThat(folder.resolve("blobs")).doesNotExist();
        }
    }

    @Test
    void files_are_read_also_after_the_cache_was_emptied() throws IOException {
        ContentCache cache = ContentCache.at(folder.resolve("cache"), 100_000_000);
        try (FileSystem fs = ImageFileSystem.open(image(Form.ZSTD), cache)) {
            assertThat(Files.readAllBytes(fs.getPath("/small"))).isEqualTo(SMALL);
            FolderTree.delete(folder.resolve("cache"));
            assertThat(Files.readAllBytes(fs.getPath("/large"))).isEqualTo(LARGE);
        }
    }

    private static Image image(Form form) {
        return TestImages.of(List.of(stored(form)), List.of(ARCHIVE), form.type());
    }

    /** The archive as a layer, compressed once for all tests. */
    private static byte[] stored(Form form) {
        return STORED.computeIfAbsent(form, f -> {
            try {
                return f.store(ARCHIVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Image image(CountingBlob blob) {
        return image(ARCHIVE, blob);
    }

    private static Image image(byte[] archive, CountingBlob blob) {
        return TestImages.of(List.of(blob), List.of(Digest.sha256(archive)));
    }

    /** Half of it compresses well. */
    private static byte[] content(int size, int seed) {
        byte[] bytes = new byte[size];
        Random random = new Random(seed);
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i % 4096 < 2048 ? random.nextInt(256) : 'a' + random.nextInt(4));
        }
        return bytes;
    }

    /** Knows how many bytes were read of it, and may be changed. */
    private static final class CountingBlob implements Blob {
        private final Descriptor descriptor;
        private byte[] stored;
        private long bytes;

        CountingBlob(Form form) {
            this(form, stored(form).clone());
        }

        CountingBlob(Form form, byte[] stored) {
            this.stored = stored;
            this.descriptor = Descriptor.of(form.type(), stored);
        }

        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            return openRange(0, Long.MAX_VALUE);
        }

        @Override
        public InputStream openRange(long from, long length) {
            int start = (int) Math.min(from, stored.length);
            return new ByteArrayInputStream(stored, start, (int) Math.min(length, stored.length - start)) {
                @Override
                public synchronized int read(byte[] target, int offset, int n) {
                    int read = super.read(target, offset, n);
                    bytes += Math.max(read, 0);
                    return read;
                }
            };
        }
    }
}
