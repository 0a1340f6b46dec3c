package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RemoteRepository;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many transfers at once, good ones and broken ones: nothing is left of them. */
class ManyTransfersTest {
    private static final int PULLS = 1000;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static ByteBlob blob(int seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, bytes), bytes);
    }

    @Test
    void a_thousand_pulls_at_once_leave_no_socket_and_no_thread_behind() throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "counts sockets as Linux shows them");
        oneOfTheJdksOwn();
        int sockets = sockets();
        int threads = threads();
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                RegistryClient client = RegistryClient.builder()
                        .retries(10, Duration.ofMillis(5), Duration.ofSeconds(1))
                        .build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/many");
            List<ByteBlob> blobs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                blobs.add(blob(i, i == 0 ? 8_000_000 : 20_000));
                repository.put(blobs.get(i));
            }
            // one in ten is cut, and then goes on
            Fault cut = Fault.dropAfter(10_000).on("GET", "*/blobs/*").times(PULLS / 10);
            registry.inject(cut);

            pullAll(repository, blobs);

            assertThat(registry.hits(cut)).isEqualTo(PULLS / 10);
            assertThat((int) registry.requests().stream()
                            .filter(request -> request.method().equals("GET") && request.status() < 300)
                            .count())
                    .as("one request for each, and one more at most for each that was cut")
                    .isBetween(PULLS, PULLS + PULLS / 10);
        }
        await(ManyTransfersTest::sockets, sockets);
        await(ManyTransfersTest::threads, threads);
    }

    private static void pullAll(RemoteRepository repository, List<ByteBlob> blobs) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(PULLS);
        try {
            CountDownLatch together = new CountDownLatch(PULLS);
            List<Future<byte[]>> pulls = new ArrayList<>();
            for (int i = 0; i < PULLS; i++) {
                // a few large ones among them
                ByteBlob blob = blobs.get(i % 200 == 0 ? 0 : 1 + i % 9);
                pulls.add(pool.submit(() -> {
                    together.countDown();
                    together.await();
                    try (InputStream in = repository.blob(blob.descriptor()).open()) {
                        return in.readAllBytes();
                    }
                }));
            }
            for (int i = 0; i < PULLS; i++) {
                assertThat(pulls.get(i).get())
                        .isEqualTo(blobs.get(i % 200 == 0 ? 0 : 1 + i % 9).bytes());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void pulls_that_fail_or_are_not_read_to_their_end_leave_no_socket_behind() throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "counts sockets as Linux shows them");
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                RegistryClient client = RegistryClient.builder()
                        .retries(2, Duration.ofMillis(1), Duration.ofSeconds(1))
                        .build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/many");
            ByteBlob blob = blob(1, 300_000);
            repository.put(blob);
            int sockets = sockets();
            for (Fault fault : List.of(
                    Fault.dropAfter(100), Fault.corruptAt(299_999), Fault.status(500), Fault.html(200), Fault.drop())) {
                registry.inject(fault.on("GET", "*"));
                for (int i = 0; i < 20; i++) {
                    try (InputStream in = repository.blob(blob.descriptor()).open()) {
                        in.readAllBytes();
                        throw new AssertionError(fault);
                    } catch (dev.davit.oci.DavitException e) {
                        assertThat(e).isNotNull();
                    }
                }
                registry.heal();
            }
            for (int i = 0; i < 50; i++) {
                try (InputStream in = repository.blob(blob.descriptor()).open()) {
                    assertThat(in.read()).isNotNegative();
                }
            }
            // one connection that is kept has two ends here
            await(ManyTransfersTest::sockets, sockets + 2);
        }
    }

    /** The first socket that is closed makes the JDK keep one for itself for ever. */
    private static void oneOfTheJdksOwn() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    /** Of an end, the other side takes notice a little later. */
    private static void await(IntSupplier count, int expected) throws InterruptedException {
        for (int i = 0; i < 500 && count.getAsInt() > expected; i++) {
            Thread.sleep(10);
        }
        assertThat(count.getAsInt()).isLessThanOrEqualTo(expected);
    }

    private static int sockets() {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return (int) all.filter(ManyTransfersTest::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** OkHttp's own few, which serve all clients, end after a minute of idleness. */
    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("OkHttp")
                        && !thread.getName().startsWith("Okio"))
                .count();
    }
}
