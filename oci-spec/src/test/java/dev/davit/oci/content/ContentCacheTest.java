package dev.davit.oci.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.ByteBlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentCacheTest {
    @TempDir
    Path folder;

    private final AtomicInteger fetches = new AtomicInteger();
    private ContentCache cache;

    @BeforeEach
    void make_cache() {
        cache = ContentCache.at(folder, 1000);
    }

    @Test
    void fetches_once_what_is_read_again_and_again_by_whichever_cache_of_the_folder() throws IOException {
        Blob blob = blob(1, 100);

        assertThat(read(cache.over(counting(blob)), blob)).isEqualTo(read(blob));
        assertThat(read(cache.over(counting(blob)), blob)).isEqualTo(read(blob));
        assertThat(read(ContentCache.at(folder, 1000).over(counting(blob)), blob))
                .isEqualTo(read(blob));

        assertThat(fetches).hasValue(1);
        assertThat(cache.put(blob)).isEqualTo(ContentStore.Outcome.EXISTED);
    }

    @Test
    void what_was_not_used_for_the_longest_time_goes_first() throws IOException {
        List<Blob> blobs = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            blobs.add(blob(i, 100));
            cache.put(blobs.get(i));
            age(blobs.get(i), Duration.ofHours(10 - i));
        }
        read(cache, blobs.get(0));

        cache.put(blob(100, 350));

        assertThat(present(blobs)).containsExactly(0, 4, 5, 6, 7, 8);
        assertThat(bytes()).isEqualTo(950);
    }

    @Test
    void another_process_that_writes_does_not_exceed_the_bound_for_long() throws IOException {
        for (int i = 0; i < 40; i++) {
            ContentCache.at(folder, 1000).put(blob(i, 90));
            assertThat(bytes()).isLessThanOrEqualTo(1000);
        }
    }

    @Test
    void a_blob_that_is_damaged_is_fetched_again() throws IOException {
        Blob blob = blob(1, 100);
        read(cache.over(counting(blob)), blob);

        Files.write(file(blob), new byte[100]);
        assertThat(read(ContentCache.at(folder, 1000).over(counting(blob)), blob))
                .isEqualTo(read(blob));
        assertThat(fetches).hasValue(2);

        Files.write(file(blob), new byte[7]);
        assertThat(read(cache.over(counting(blob)), blob)).isEqualTo(read(blob));
        assertThat(fetches).hasValue(3);
    }

    @Test
    void a_blob_without_origin_is_there_or_not_and_never_wrong() throws IOException {
        Blob blob = blob(1, 100);
        assertThatThrownBy(() -> read(cache, blob)).isInstanceOf(NotFoundException.class);
        cache.put(blob);
        assertThat(read(cache, blob)).isEqualTo(read(blob));

        Files.write(file(blob), new byte[100]);

        assertThatThrownBy(() -> read(ContentCache.at(folder, 1000), blob)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void wrong_content_of_an_origin_is_refused_and_not_kept() {
        Blob blob = blob(1, 100);
        ContentSource liar = descriptor -> new ByteBlob(descriptor, new byte[100]);

        assertThatThrownBy(() -> read(cache.over(liar), blob)).isInstanceOf(IntegrityException.class);

        assertThat(file(blob)).doesNotExist();
    }

    @Test
    void what_is_larger_than_the_cache_passes_through() throws IOException {
        Blob blob = blob(1, 1001);

        assertThat(read(cache.over(counting(blob)), blob)).isEqualTo(read(blob));
        assertThat(read(cache.over(counting(blob)), blob)).isEqualTo(read(blob));

        assertThat(fetches).hasValue(2);
        assertThat(bytes()).isZero();
        assertThatThrownBy(() -> cache.put(blob))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("larger than the cache of 1000 bytes");
    }

    @Test
    void a_part_is_not_kept_but_comes_from_what_is() throws IOException {
        Blob blob = blob(1, 100);
        byte[] part = Arrays.copyOfRange(read(blob), 10, 30);

        assertThat(part(cache.over(counting(blob)).blob(blob.descriptor()))).isEqualTo(part);
        assertThat(file(blob)).doesNotExist();
        read(cache.over(counting(blob)), blob);
        assertThat(part(cache.over(counting(blob)).blob(blob.descriptor()))).isEqualTo(part);

        assertThat(fetches).hasValue(2);
    }

    @Test
    void a_stream_outlives_the_blob_that_it_reads() throws IOException {
        Blob blob = blob(1, 900);
        cache.put(blob);
        age(blob, Duration.ofHours(1));
        try (InputStream in = cache.blob(blob.descriptor()).open()) {
            age(blob, Duration.ofHours(1));
            cache.put(blob(2, 900));
            assertThat(file(blob)).doesNotExist();
            assertThat(in.readAllBytes()).isEqualTo(read(blob));
        }
    }

    @Test
    void whoever_wants_what_is_being_fetched_waits_for_it() throws Exception {
        Blob blob = blob(1, 100);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<byte[]>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                tasks.add(() -> read(cache.over(counting(blob)), blob));
            }
            for (Future<byte[]> result : pool.invokeAll(tasks)) {
                assertThat(result.get()).isEqualTo(read(blob));
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void names_are_asked_of_the_origin() {
        Blob blob = blob(1, 100);
        Source origin = new Source() {
            @Override
            public List<String> tags() {
                return List.of();
            }

            @Override
            public List<Descriptor> referrers(Digest subject) {
                return List.of();
            }

            @Override
            public Descriptor resolve(String name) {
                return blob.descriptor();
            }

            @Override
            public Blob blob(Descriptor descriptor) {
                return blob;
            }
        };

        assertThat(cache.over(origin).resolve("any")).isEqualTo(blob.descriptor());
    }

    @Test
    void what_a_crash_left_is_deleted_a_day_later() throws IOException {
        Path partial = Files.createDirectories(folder.resolve(".davit"));
        Path old = Files.write(partial.resolve("old.partial"), new byte[10]);
        Path young = Files.write(partial.resolve("young.partial"), new byte[10]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));

        cache.put(blob(1, 100));

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    private ContentSource counting(Blob blob) {
        return descriptor -> new Blob() {
            @Override
            public Descriptor descriptor() {
                return blob.descriptor();
            }

            @Override
            public InputStream open() {
                fetches.incrementAndGet();
                return blob.open();
            }

            @Override
            public InputStream openRange(long from, long length) {
                fetches.incrementAndGet();
                return blob.openRange(from, length);
            }
        };
    }

    private static Blob blob(int seed, int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) seed);
        return new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, bytes), bytes);
    }

    private static byte[] read(ContentSource source, Blob blob) throws IOException {
        return read(source.blob(blob.descriptor()));
    }

    private static byte[] read(Blob blob) throws IOException {
        try (InputStream in = blob.open()) {
            return in.readAllBytes();
        }
    }

    private static byte[] part(Blob blob) throws IOException {
        try (InputStream in = blob.openRange(10, 20)) {
            return in.readAllBytes();
        }
    }

    private Path file(Blob blob) {
        return folder.resolve("blobs/sha256").resolve(blob.descriptor().digest().encoded());
    }

    private void age(Blob blob, Duration age) throws IOException {
        Files.setLastModifiedTime(file(blob), FileTime.from(Instant.now().minus(age)));
    }

    private List<Integer> present(List<Blob> blobs) {
        List<Integer> present = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            if (Files.exists(file(blobs.get(i)))) {
                present.add(i);
            }
        }
        return present;
    }

    private long bytes() throws IOException {
        if (!Files.isDirectory(folder.resolve("blobs"))) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(folder.resolve("blobs"))) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
    }
}
