package dev.davit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An interrupt ends whatever a thread waits for: at once, with its flag kept, and with the connection closed. */
@Timeout(60)
class InterruptionTest {
    private RegistryClient client = Samples.client().build();
    private FakeServer registry;

    @AfterEach
    void close() {
        client.close();
        if (registry != null) {
            registry.close();
        }
    }

    private RemoteRepository repository(Function<Seen, Answer> script) {
        registry = FakeServer.answering(script);
        return client.repository(registry.address() + "/acme/server");
    }

    /** What became of a thread that was interrupted. */
    private record End(Throwable failure, boolean flag, Duration after) {
        void isAnInterruptedTransfer() {
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            TransferException.class, e -> assertThat(e.side()).isEqualTo(Side.CALLER))
                    .hasMessageContaining("interrupted");
            assertThat(flag).as("interrupt flag").isTrue();
            assertThat(after).isLessThan(Duration.ofSeconds(5));
        }
    }

    /** A step of a test that waits until the thread is where it is to be interrupted. */
    private interface Arrival {
        void await() throws Exception;
    }

    private static End interrupt(Runnable work, Arrival arrival) throws Exception {
        CompletableFuture<End> end = new CompletableFuture<>();
        long[] interrupted = {System.nanoTime()};
        Thread thread = new Thread(() -> {
            Throwable failure = null;
            try {
                work.run();
            } catch (Throwable e) {
                failure = e;
            }
            end.complete(new End(
                    failure,
                    Thread.currentThread().isInterrupted(),
                    Duration.ofNanos(System.nanoTime() - interrupted[0])));
        });
        thread.start();
        arrival.await();
        Thread.sleep(50);
        interrupted[0] = System.nanoTime();
        thread.interrupt();
        return end.get(30, TimeUnit.SECONDS);
    }

    @Test
    void while_waiting_for_an_answer() throws Exception {
        RemoteRepository repository = repository(request -> FakeServer.SILENCE);

        interrupt(() -> repository.resolve("1.0"), () -> registry.awaitStall()).isAnInterruptedTransfer();
        assertThat(registry.awaitClientGone()).isTrue();
    }

    @Test
    void while_reading_a_blob() throws Exception {
        RemoteRepository repository = repository(request -> Answer.of(200)
                .header("Content-Length", "35")
                .body("this".getBytes(UTF_8))
                .stall());

        interrupt(() -> repository.fetch(Samples.LAYER_DESCRIPTOR), () -> registry.awaitStall())
                .isAnInterruptedTransfer();
        assertThat(registry.awaitClientGone()).isTrue();
    }

    @Test
    void while_waiting_to_try_again() throws Exception {
        client = RegistryClient.builder()
                .retries(3, Duration.ofSeconds(60), Duration.ofSeconds(60))
                .build();
        RemoteRepository repository = repository(request -> Answer.of(503));

        interrupt(() -> repository.resolve("1.0"), () -> {
                    while (registry.seen().isEmpty()) {
                        Thread.sleep(5);
                    }
                    Thread.sleep(100);
                })
                .isAnInterruptedTransfer();
    }

    @Test
    void before_it_begins() throws Exception {
        RemoteRepository repository = repository(request -> Samples.manifest());

        interrupt(
                        () -> {
                            Thread.currentThread().interrupt();
                            repository.resolve("1.0");
                        },
                        () -> {})
                .isAnInterruptedTransfer();
        assertThat(registry.seen()).isEmpty();
    }

    /** The source is a file, whose channel takes the place of the guard for a moment. */
    @Test
    void while_sending_to_somebody_who_does_not_read() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress());
                TemporaryStore store = LocalStore.temporary()) {
            Blob blob = largeBlob(store);
            CompletableFuture<Socket> sending = new CompletableFuture<>();
            Thread acceptor = new Thread(() -> {
                try {
                    sending.complete(deaf.accept()); // and never read
                } catch (java.io.IOException e) {
                    sending.completeExceptionally(e);
                }
            });
            acceptor.start();
            RemoteRepository repository = repository(request -> switch (request.method()) {
                case "HEAD" -> Answer.of(404);
                default -> Answer.of(202).header("Location", "http://127.0.0.1:" + deaf.getLocalPort() + "/session");
            });

            interrupt(() -> repository.put(blob), () -> {
                        sending.get();
                        Thread.sleep(300); // until all buffers are full
                    })
                    .isAnInterruptedTransfer();
            sending.get().close();
        }
    }

    private static Blob largeBlob(TemporaryStore store) {
        try (BlobWriter writer = store.newBlob()) {
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 32; i++) {
                writer.write(chunk, 0, chunk.length);
            }
            Descriptor descriptor = writer.commit(MediaType.OCTET_STREAM);
            return store.blob(descriptor);
        }
    }

    @Test
    void leaves_the_client_usable() throws Exception {
        boolean[] stall = {true};
        RemoteRepository repository = repository(request -> stall[0] ? FakeServer.SILENCE : Samples.manifest());
        interrupt(() -> repository.resolve("1.0"), () -> registry.awaitStall()).isAnInterruptedTransfer();
        stall[0] = false;

        assertThat(repository.resolve("1.0")).isEqualTo(Samples.MANIFEST.descriptor());
    }
}
