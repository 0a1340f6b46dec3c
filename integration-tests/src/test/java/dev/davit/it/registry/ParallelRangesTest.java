package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RemoteRepository;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.Fault;
import dev.davit.testkit.RecordedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One blob over several connections. */
@Timeout(60)
class ParallelRangesTest {
    private static final String GET = "GET";
    private static final String BLOBS = "*/blobs/*";

    private final byte[] bytes = new byte[18_000_000];
    private Descriptor descriptor;
    private EmbeddedRegistry registry;
    private RegistryClient client;
    private RemoteRepository repository;

    @BeforeEach
    void push() {
        new Random(11).nextBytes(bytes);
        descriptor = Descriptor.of(MediaType.OCI_LAYER, bytes);
        registry = EmbeddedRegistry.start();
        client = RegistryClient.builder()
                .connectionsPerBlob(3)
                .retries(3, Duration.ofMillis(1), Duration.ofSeconds(1))
                .build();
        repository = client.repository(registry.address() + "/acme/large");
        repository.put(new ByteBlob(descriptor, bytes));
    }

    @AfterEach
    void stop() {
        client.close();
        registry.close();
    }

    private byte[] read() throws IOException {
        try (InputStream in = repository.blob(descriptor).open()) {
            return in.readAllBytes();
        }
    }

    private List<String> ranges() {
        return registry.requests().stream()
                .filter(request -> request.method().equals(GET))
                .map(request ->
                        request.headers().getOrDefault("range", List.of("all")).get(0))
                .toList();
    }

    @Test
    void pieces_come_together_in_their_order() throws IOException {
        assertThat(read()).isEqualTo(bytes);

        assertThat(ranges())
                .containsExactlyInAnyOrder(
                        "bytes=0-4194303",
                        "bytes=4194304-8388607",
                        "bytes=8388608-12582911",
                        "bytes=12582912-16777215",
                        "bytes=16777216-17999999");
    }

    @Test
    void a_part_of_a_blob_comes_in_pieces_too() throws IOException {
        try (InputStream in = repository.blob(descriptor).openRange(1_000_000, 10_000_000)) {
            assertThat(in.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 1_000_000, 11_000_000));
        }
        assertThat(ranges()).hasSize(3);
    }

    @Test
    void each_piece_goes_on_where_it_breaks() throws IOException {
        Fault fault = Fault.dropAfter(1_000_000).on(GET, BLOBS).times(4);
        registry.inject(fault);

        assertThat(read()).isEqualTo(bytes);
        assertThat(registry.hits(fault)).isEqualTo(4);
        assertThat(ranges()).hasSize(9);
    }

    @Test
    void a_registry_that_sends_all_sends_it_once() throws IOException {
        registry.inject(Fault.ignoreRange().on(GET, BLOBS));

        assertThat(read()).isEqualTo(bytes);
        assertThat(ranges()).containsExactly("bytes=0-4194303", "all");
    }

    @Test
    void other_bytes_in_one_piece_are_noticed() {
        registry.inject(Fault.corruptAt(5).on(GET, BLOBS).skip(3).times(1));

        assertThatThrownBy(this::read).isInstanceOf(IntegrityException.class);
    }

    @Test
    void a_piece_that_does_not_come_ends_all() throws Exception {
        registry.inject(Fault.drop().on(GET, BLOBS).skip(2));

        assertThatThrownBy(this::read).isInstanceOf(TransferException.class);
        awaitNoWorkers();
    }

    @Test
    void closing_ends_what_is_on_its_way() throws Exception {
        registry.inject(Fault.stallAfter(100_000).on(GET, BLOBS).skip(1));
        try (InputStream in = repository.blob(descriptor).open()) {
            assertThat(in.read()).isEqualTo(bytes[0] & 0xff);
        }
        awaitNoWorkers();
    }

    @Test
    void an_interrupt_ends_what_is_on_its_way() throws Exception {
        registry.inject(Fault.stallAfter(100_000).on(GET, BLOBS));
        Throwable[] thrown = new Throwable[1];
        Thread reader = new Thread(() -> {
            try {
                read();
            } catch (Throwable e) {
                thrown[0] = e;
            }
        });
        reader.start();
        while (registry.requests().stream().filter(ParallelRangesTest::isGet).count() < 3) {
            Thread.sleep(5);
        }
        reader.interrupt();
        reader.join();

        assertThat(thrown[0])
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.side()).isEqualTo(TransferException.Side.CALLER));
        awaitNoWorkers();
    }

    private static boolean isGet(RecordedRequest request) {
        return request.method().equals(GET);
    }

    /** They are idle for a second at most. */
    private static void awaitNoWorkers() throws InterruptedException {
        for (int i = 0; i < 500 && workers() > 0; i++) {
            Thread.sleep(10);
        }
        assertThat(workers()).isZero();
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("davit-range"))
                .count();
    }
}
