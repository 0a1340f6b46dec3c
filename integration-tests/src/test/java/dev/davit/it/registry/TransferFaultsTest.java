package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.ReferrerIndex;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RegistryException;
import dev.davit.registry.RemoteRepository;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.Fault;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault at every single request of every kind of transfer: it survives, or ends soon and with the right error. */
@TestInstance(Lifecycle.PER_CLASS)
class TransferFaultsTest {
    private static final int MOST_REQUESTS = 40;
    private static final Duration BOUND = Duration.ofSeconds(10);

    /** What is gone the next time. */
    private static final Map<String, Supplier<Fault>> PASSING = new TreeMap<>(Map.ofEntries(
            Map.entry("a closed connection", Fault::drop),
            Map.entry("a reset connection", Fault::reset),
            Map.entry("a lost answer", Fault::loseAnswer),
            Map.entry("an answer without its body", () -> Fault.dropAfter(0)),
            Map.entry("an answer cut in the middle", () -> Fault.dropAfter(300)),
            Map.entry("an answer cut far in", () -> Fault.dropAfter(200_000)),
            Map.entry("an answer that is reset", () -> Fault.resetAfter(200_000)),
            Map.entry("an answer that stands still", () -> Fault.stallAfter(300)),
            Map.entry("a request cut at its beginning", () -> Fault.dropRequestAfter(0)),
            Map.entry("a request cut in the middle", () -> Fault.dropRequestAfter(150_000)),
            Map.entry(
                    "a piece of which little is taken",
                    () -> Fault.takeOnly(70_000).on("PATCH", "*")),
            Map.entry("an expired upload", () -> Fault.loseUpload().on("PUT", "*/blobs/uploads/*")),
            Map.entry("status 500", () -> Fault.status(500)),
            Map.entry("a web page of a gateway", () -> Fault.html(502)),
            Map.entry("status 503", () -> Fault.status(503)),
            Map.entry("too many requests", () -> Fault.status(429)),
            Map.entry("too many requests, come back now", () -> Fault.throttle(Duration.ZERO)),
            Map.entry("too many requests, come back at a date", () -> Fault.throttleUntil(Instant.EPOCH)),
            Map.entry("no ranges", () -> Fault.ignoreRange()),
            Map.entry("a slow moment", () -> Fault.slow(10_000_000))));

    /** What a server should never say. */
    private static final Map<String, Supplier<Fault>> LYING = new TreeMap<>(Map.ofEntries(
            Map.entry("a wrong first byte", () -> Fault.corruptAt(0)),
            Map.entry("a wrong byte", () -> Fault.corruptAt(250)),
            Map.entry("bytes in another order", () -> Fault.reorder(100)),
            Map.entry("another range", () -> Fault.header("Content-Range", "bytes 1-399999/400000")),
            Map.entry("no challenge that helps", () -> Fault.header("WWW-Authenticate", "Bearer")),
            Map.entry("a wrong last byte", () -> Fault.corruptAt(399_999)),
            Map.entry("a shorter answer", () -> Fault.truncateTo(100)),
            Map.entry("an empty answer", () -> Fault.truncateTo(0)),
            Map.entry("too small a length", () -> Fault.header("Content-Length", "7")),
            Map.entry("too large a length", () -> Fault.header("Content-Length", "7000000")),
            Map.entry("another digest", () -> Fault.header("Docker-Content-Digest", "sha256:" + "0".repeat(64))),
            Map.entry("no digest", () -> Fault.withoutHeader("Docker-Content-Digest")),
            Map.entry("another type", () -> Fault.header("Content-Type", MediaType.OCI_INDEX.value())),
            Map.entry("no location", () -> Fault.withoutHeader("Location")),
            Map.entry("a location elsewhere", () -> Fault.header("Location", "http://localhost:1/")),
            Map.entry("an absurd range", () -> Fault.header("Range", "0-999999999999")),
            Map.entry("a web page instead", () -> Fault.html(200)),
            Map.entry("a web page not found", () -> Fault.html(404)),
            Map.entry("nothing", () -> Fault.status(204)),
            Map.entry("created", () -> Fault.status(201)),
            Map.entry("accepted", () -> Fault.status(202)),
            Map.entry("who are you", () -> Fault.status(401)),
            Map.entry("forbidden", () -> Fault.status(403)),
            Map.entry("not allowed", () -> Fault.status(405)),
            Map.entry("a redirect to nowhere", () -> Fault.redirect(307, "http://localhost:1/")),
            Map.entry("a redirect to something else", () -> Fault.redirect(307, "/elsewhere")),
            Map.entry("silence", Fault::stall),
            Map.entry("a request that is not read", () -> Fault.stallRequestAfter(1000)),
            Map.entry("wait an hour", () -> Fault.throttle(Duration.ofHours(1)))));

    private static final Set<String> STALLING =
            Set.of("an answer that stands still", "silence", "a request that is not read");

    /** Where only one kind of failure is right; elsewhere it depends on what is being done. */
    private static final Map<String, List<Class<? extends DavitException>>> RIGHT = Map.of(
            "forbidden", List.of(UnauthorizedException.class),
            "who are you", List.of(UnauthorizedException.class),
            "silence", List.of(TransferException.class),
            "a request that is not read", List.of(TransferException.class),
            "wait an hour", List.of(RegistryException.class),
            "not allowed", List.of(RegistryException.class),
            "a web page not found", List.of(NotFoundException.class, RegistryException.class),
            "a wrong last byte", List.of(IntegrityException.class),
            "a redirect to nowhere", List.of(TransferException.class),
            "bytes in another order", List.of(IntegrityException.class, MalformedContentException.class));

    private final EmbeddedRegistry faulty = EmbeddedRegistry.start();
    private final EmbeddedRegistry good = EmbeddedRegistry.start();
    private final Clients patient = new Clients(Duration.ofMillis(1500));
    private final Clients impatient = new Clients(Duration.ofMillis(250));
    private Clients clients = patient;
    private final RegistryClient looking = RegistryClient.create();
    /** How often the fault of the moment was hit. */
    private int hits;

    private Fault injected = Fault.drop();
    private final AtomicInteger repositories = new AtomicInteger();
    private final MemoryStore local = LocalStore.inMemory(10_000_000);

    /** What moves. */
    enum Transfer {
        PULL,
        PUSH,
        PUSH_IN_PIECES,
        COPY,
        COPY_FROM,
        DOCUMENTS,
        REFERRERS
    }

    /**
     * Clients that wait for an answer for a while: long, on a busy machine, unless it will not come.
     *
     * @param whole sends blobs in one piece
     * @param inPieces does not
     */
    private record Clients(RegistryClient whole, RegistryClient inPieces) {
        Clients(Duration response) {
            this(
                    settings(response).build(),
                    settings(response).uploadPieces(100_000).build());
        }

        void close() {
            whole.close();
            inPieces.close();
        }
    }

    private static RegistryClient.Builder settings(Duration response) {
        return RegistryClient.builder()
                .retries(4, Duration.ofMillis(2), Duration.ofSeconds(1))
                .responseTimeout(response)
                .idleTimeout(response.dividedBy(2));
    }

    @BeforeAll
    void make_an_image() {
        Image image = image();
        Copier.create().copy(image, local, "1.0");
        clients.whole().push(image, faulty.address() + "/acme/source:1.0");
        clients.whole().push(image, good.address() + "/acme/source:1.0");
    }

    private Image image() {
        byte[] bytes = new byte[400_000];
        new Random(7).nextBytes(bytes);
        Descriptor large = local.ingest(MediaType.OCI_LAYER, new ByteArrayInputStream(bytes));
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                .diffIds(List.of(large.digest()))
                .build();
        Manifest manifest =
                Manifest.builder(config.descriptor()).addLayer(large).build();
        return Image.of(manifest, config, List.of(local.blob(large)));
    }

    @AfterAll
    void close() {
        patient.close();
        impatient.close();
        looking.close();
        faulty.close();
        good.close();
    }

    static Stream<Arguments> passing() {
        return product(PASSING);
    }

    static Stream<Arguments> lying() {
        return product(LYING);
    }

    private static Stream<Arguments> product(Map<String, Supplier<Fault>> faults) {
        return faults.keySet().stream()
                .flatMap(fault -> Stream.of(Transfer.values()).map(transfer -> Arguments.of(fault, transfer)));
    }

    /** Does it once and tells whether the result is what it should be; throws what the client throws. */
    private boolean isRight(Transfer transfer) {
        RegistryClient client = clients.whole();
        Digest expected = local.resolve("1.0").digest();
        String fresh = "/acme/n" + repositories.incrementAndGet();
        RemoteRepository source = client.repository(faulty.address() + "/acme/source");
        Copier copier = Copier.builder().concurrency(1).build();
        switch (transfer) {
            case PULL -> {
                MemoryStore store = LocalStore.inMemory(10_000_000);
                copier.copy(source, "1.0", store, "1.0");
                return store.resolve("1.0").digest().equals(expected);
            }
            case PUSH, PUSH_IN_PIECES -> {
                RegistryClient own = transfer == Transfer.PUSH ? client : clients.inPieces();
                copier.copy(local, "1.0", own.repository(faulty.address() + fresh), "1.0");
                return arrived(faulty, fresh, expected);
            }
            case COPY -> {
                Source from = client.repository(good.address() + "/acme/source");
                copier.copy(from, "1.0", client.repository(faulty.address() + fresh), "1.0");
                return arrived(faulty, fresh, expected);
            }
            case COPY_FROM -> {
                copier.copy(source, "1.0", client.repository(good.address() + fresh), "1.0");
                return arrived(good, fresh, expected);
            }
            case REFERRERS -> {
                RemoteRepository there = client.repository(faulty.address() + fresh);
                Descriptor referrer = attach(there, local.resolve("1.0"));
                boolean listed = there.referrers(expected).equals(List.of(referrer));
                there.delete(Descriptor.of(referrer.mediaType(), referrer.digest(), referrer.size()));
                heal();
                return listed
                        && looking.repository(faulty.address() + fresh)
                                .referrers(expected)
                                .isEmpty();
            }
            case DOCUMENTS -> {
                Descriptor found = source.resolve("1.0");
                byte[] manifest = source.fetch(found);
                List<String> tags = source.tags();
                List<Descriptor> referrers = source.referrers(expected);
                return found.digest().equals(expected)
                        && expected.matches(manifest)
                        && expected.equals(source.document("1.0", Document.MAX_SIZE)
                                .descriptor()
                                .digest())
                        && tags.equals(List.of("1.0"))
                        && referrers.isEmpty();
            }
        }
        throw new AssertionError(transfer);
    }

    private static Descriptor attach(RemoteRepository repository, Descriptor subject) {
        repository.put(new ByteBlob(Descriptor.EMPTY, new byte[] {'{', '}'}));
        Manifest referrer = Manifest.builder(Descriptor.EMPTY)
                .artifactType("application/x.test")
                .subject(subject)
                .build();
        repository.put(new ByteBlob(referrer.descriptor(), referrer.toBytes()));
        return ReferrerIndex.describe(referrer, referrer.digest());
    }

    private void inject(String name, Fault fault) {
        clients = STALLING.contains(name) ? impatient : patient;
        hits = 0;
        injected = fault;
        faulty.inject(fault);
    }

    private void heal() {
        hits = Math.max(hits, faulty.hits(injected));
        faulty.heal();
    }

    /** Looks with another client, when nothing goes wrong any more. */
    private boolean arrived(EmbeddedRegistry registry, String repository, Digest expected) {
        heal();
        RemoteRepository there = looking.repository(registry.address() + repository);
        MemoryStore store = LocalStore.inMemory(10_000_000);
        return Copier.create().copy(there, "1.0", store).digest().equals(expected);
    }

    @ParameterizedTest(name = "{0} at any request of {1}")
    @MethodSource("passing")
    void survives(String name, Transfer transfer) {
        int hit = 0;
        do {
            inject(name, PASSING.get(name).get().skip(hit).times(1));
            boolean right;
            try {
                right = isRight(transfer);
            } catch (DavitException e) {
                throw new AssertionError(name + " at request " + hit + " of " + transfer + ": " + e, e);
            } finally {
                heal();
            }
            assertThat(right).as("%s at request %d of %s", name, hit, transfer).isTrue();
            hit += hits;
        } while (hits > 0);
        boolean everywhere = !name.contains("piece") && !name.contains("upload");
        assertThat(hit).isGreaterThanOrEqualTo(everywhere ? 3 : 0).isLessThan(MOST_REQUESTS);
    }

    @ParameterizedTest(name = "{0} at any request of {1}")
    @MethodSource("lying")
    void is_never_taken_in_and_ends_soon(String name, Transfer transfer) {
        int hit = 0;
        do {
            inject(name, LYING.get(name).get().skip(hit).times(1));
            Instant start = Instant.now();
            try {
                boolean right = isRight(transfer);
                // what lies about something that nobody needs does no harm; lists of referrers are claims anyhow
                assertThat(right || transfer == Transfer.REFERRERS)
                        .as("%s at request %d of %s", name, hit, transfer)
                        .isTrue();
            } catch (DavitException e) {
                heal();
                assertThat(hits).as("who else could it be? %s", e).isPositive();
                assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
                assertThat(RIGHT.getOrDefault(name, List.of(DavitException.class)))
                        .as("%s at request %d of %s: %s", name, hit, transfer, e)
                        .anySatisfy(right -> assertThat(e).isInstanceOf(right));
            } finally {
                heal();
            }
            assertThat(Duration.between(start, Instant.now())).isLessThan(BOUND);
            hit += hits;
        } while (hits > 0);
        assertThat(hit).isBetween(3, MOST_REQUESTS);
    }

    @ParameterizedTest(name = "{0} at all requests of {1}")
    @MethodSource("passing")
    void gives_up_in_time_if_it_does_not_pass(String name, Transfer transfer) {
        inject(name, PASSING.get(name).get());
        Instant start = Instant.now();
        try {
            isRight(transfer);
        } catch (DavitException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
        } finally {
            heal();
        }
        assertThat(Duration.between(start, Instant.now())).isLessThan(BOUND);
    }
}
