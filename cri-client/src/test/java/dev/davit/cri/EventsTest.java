package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.CriEvent.Kind;
import dev.davit.cri.raw.ContainerEventResponse;
import dev.davit.cri.raw.ContainerEventType;
import dev.davit.cri.raw.ContainerState;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a runtime that tells everything, something twice, only a part, or nothing at all. */
@Timeout(60)
class EventsTest {
    private static final String IMAGE = "example.org/web:1";

    private final FakeServices services = new FakeServices();
    private FakeRuntime runtime;

    @TempDir
    private Path logs;

    private CriClient cri;
    private RunningPod pod;

    @BeforeEach
    void start() throws IOException {
        services.images.add(IMAGE);
        runtime = FakeRuntime.serving(services.all());
        cri = CriClient.builder()
                .endpoint(runtime.endpoint())
                .logDirectory(logs)
                .connect();
        pod = cri.pods().run(PodSpec.named("greeter"));
    }

    @AfterEach
    void stop() throws IOException {
        cri.close();
        runtime.close();
    }

    private String run(String name) {
        return pod.start(ContainerSpec.of(name, IMAGE)).id();
    }

    private void tell(ContainerEventType type, String id) {
        ContainerEventResponse.Builder event = ContainerEventResponse.newBuilder()
                .setContainerId(id)
                .setContainerEventType(type)
                .setCreatedAt(Instant.now().toEpochMilli() * 1_000_000 + 5_000_000_000L);
        event.getPodSandboxStatusBuilder().setId(pod.id());
        services.watchers.forEach(watcher -> watcher.onNext(event.build()));
    }

    /** Waits until the runtime is asked for events, and is asked what there is after that. */
    private void awaitWatcher(long lists) throws InterruptedException {
        while (services.watchers.isEmpty() || services.count("listContainers") < lists) {
            Thread.sleep(5);
        }
    }

    private static List<String> take(Iterator<CriEvent> events, int count) {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(brief(events.next()));
        }
        return taken;
    }

    private static String brief(CriEvent event) {
        return (event.initial() ? "found " : "")
                + event.kind()
                + " "
                + event.name()
                + (event.exitCode().isPresent() ? " " + event.exitCode().getAsInt() : "");
    }

    @Test
    void begin_with_what_there_is() {
        String web = run("web");
        String job = run("job");
        cri.containers().stop(job, Duration.ZERO);
        try (Stream<CriEvent> events = cri.events()) {
            List<CriEvent> first = events.limit(3).toList();
            assertThat(first)
                    .extracting(EventsTest::brief)
                    .containsExactlyInAnyOrder("found STARTED greeter", "found STARTED web", "found STOPPED job 137");
            assertThat(first.get(0).containerId()).isEmpty();
            assertThat(first)
                    .contains(new CriEvent(
                            Kind.STARTED,
                            pod.id(),
                            Optional.of(web),
                            "web",
                            Times.instant(FakeServices.CREATED_AT + 1),
                            OptionalInt.empty(),
                            true));
        }
    }

    @Test
    void come_as_the_runtime_tells_them_and_once_each() throws Exception {
        try (Stream<CriEvent> stream = cri.events()) {
            Iterator<CriEvent> events = stream.iterator();
            assertThat(take(events, 1)).containsExactly("found STARTED greeter");
            awaitWatcher(1);
            String web = run("web");
            tell(ContainerEventType.CONTAINER_CREATED_EVENT, web);
            tell(ContainerEventType.CONTAINER_STARTED_EVENT, web);
            tell(ContainerEventType.CONTAINER_CREATED_EVENT, web);
            tell(ContainerEventType.CONTAINER_STARTED_EVENT, web);
            cri.containers().stop(web, Duration.ZERO);
            tell(ContainerEventType.CONTAINER_STOPPED_EVENT, web);
            tell(ContainerEventType.CONTAINER_STOPPED_EVENT, web);
            assertThat(take(events, 3)).containsExactly("CREATED web", "STARTED web", "STOPPED web 137");
            cri.containers().remove(web);
            tell(ContainerEventType.CONTAINER_DELETED_EVENT, web);
            tell(ContainerEventType.CONTAINER_DELETED_EVENT, web);
            tell(ContainerEventType.CONTAINER_STARTED_EVENT, web);
            tell(ContainerEventType.CONTAINER_STOPPED_EVENT, pod.id());
            assertThat(take(events, 2)).containsExactly("DELETED web", "STOPPED greeter");
        }
    }

    @Test
    void a_lost_one_comes_before_the_next() throws Exception {
        try (Stream<CriEvent> stream = cri.events()) {
            Iterator<CriEvent> events = stream.iterator();
            take(events, 1);
            awaitWatcher(1);
            String web = run("web");
            cri.containers().stop(web, Duration.ZERO);
            tell(ContainerEventType.CONTAINER_STOPPED_EVENT, web);
            assertThat(take(events, 3)).containsExactly("CREATED web", "STARTED web", "STOPPED web 137");
        }
    }

    @Test
    void a_lost_end_is_found_by_a_list() {
        try (Stream<CriEvent> stream = cri.events()) {
            Iterator<CriEvent> events = stream.iterator();
            take(events, 1);
            String web = run("web");
            assertThat(take(events, 2)).containsExactly("CREATED web", "STARTED web");
            cri.containers().remove(web);
            services.tellsEvents = false;
            services.watchers.forEach(watcher -> watcher.onError(Status.INTERNAL.asRuntimeException()));
            assertThat(take(events, 2)).containsExactly("STOPPED web", "DELETED web");
        }
    }

    @Test
    void what_happens_while_the_stream_is_cut_is_found_by_a_list() throws Exception {
        String web = run("web");
        try (Stream<CriEvent> stream = cri.events()) {
            Iterator<CriEvent> events = stream.iterator();
            assertThat(take(events, 2)).containsExactly("found STARTED greeter", "found STARTED web");
            awaitWatcher(1);
            runtime.stop();
            services.watchers.clear();
            services.states.put(web, ContainerState.CONTAINER_EXITED);
            CompletableFuture<List<String>> next = CompletableFuture.supplyAsync(() -> take(events, 1));
            Thread.sleep(50);
            assertThat(next).isNotDone();
            runtime.serve(services.all());
            assertThat(next.get(30, TimeUnit.SECONDS)).containsExactly("STOPPED web 137");
            String again = run("again");
            assertThat(take(events, 2)).containsExactly("CREATED again", "STARTED again");
            assertThat(services.watchers).hasSize(1);
            cri.containers().remove(again);
        }
    }

    @Test
    void are_made_of_lists_where_the_runtime_has_none() {
        services.tellsEvents = false;
        for (int i = 0; i < 2; i++) {
            try (Stream<CriEvent> stream = cri.events()) {
                Iterator<CriEvent> events = stream.iterator();
                assertThat(take(events, 1)).containsExactly("found STARTED greeter");
                String web = run("web");
                assertThat(take(events, 2)).containsExactly("CREATED web", "STARTED web");
                cri.containers().remove(web);
                assertThat(take(events, 2)).containsExactly("STOPPED web", "DELETED web");
            }
        }
        assertThat(services.count("events")).as("what is missing is remembered").isEqualTo(1);
    }

    @Test
    void of_before_the_watch_that_somebody_has_kept_are_left_out() throws Exception {
        try (Stream<CriEvent> stream = cri.events()) {
            Iterator<CriEvent> events = stream.iterator();
            take(events, 1);
            awaitWatcher(1);
            services.watchers.forEach(watcher -> watcher.onNext(ContainerEventResponse.newBuilder()
                    .setContainerId("old")
                    .setContainerEventType(ContainerEventType.CONTAINER_DELETED_EVENT)
                    .setCreatedAt(FakeServices.CREATED_AT)
                    .build()));
            tell(ContainerEventType.CONTAINER_STOPPED_EVENT, pod.id());
            assertThat(take(events, 1)).containsExactly("STOPPED greeter");
        }
    }

    @Test
    void a_pod_that_was_taken_for_dead_comes_back() {
        EventCollector collector = new EventCollector(cri.pods(), cri.containers());
        List<String> news = new ArrayList<>();
        for (boolean ready : new boolean[] {true, false, false, true, true}) {
            services.notReady.clear();
            if (!ready) {
                services.notReady.add(pod.id());
            }
            collector.list();
            for (CriEvent event = collector.poll(); event != null; event = collector.poll()) {
                news.add(brief(event));
            }
        }
        assertThat(news).containsExactly("found STARTED greeter", "STOPPED greeter", "STARTED greeter");
    }

    @Test
    void end_when_another_thread_closes_them() throws Exception {
        Stream<CriEvent> stream = cri.events();
        Iterator<CriEvent> events = stream.iterator();
        take(events, 1);
        CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(events::hasNext);
        awaitWatcher(1);
        stream.close();
        assertThat(more.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void end_when_another_thread_closes_them_though_the_runtime_hangs() throws Exception {
        services.hangIn("listPods").countDown();
        Stream<CriEvent> stream = cri.events();
        CompletableFuture<Long> count = CompletableFuture.supplyAsync(stream::count);
        while (services.count("listPods") == 0) {
            Thread.sleep(5);
        }
        stream.close();
        assertThat(count.get(30, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void end_with_a_failure_when_the_client_is_closed() throws Exception {
        try (Stream<CriEvent> stream = cri.events()) {
            Iterator<CriEvent> events = stream.iterator();
            take(events, 1);
            CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(events::hasNext);
            awaitWatcher(1);
            cri.close();
            assertThatThrownBy(() -> more.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(CriException.class);
        }
    }

    @Test
    void end_with_a_failure_when_the_thread_is_interrupted() {
        try (Stream<CriEvent> stream = cri.events()) {
            Iterator<CriEvent> events = stream.iterator();
            take(events, 1);
            Thread.currentThread().interrupt();
            assertThatThrownBy(events::hasNext)
                    .isInstanceOfSatisfying(
                            CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.CANCELLED));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void end_with_a_failure_when_the_runtime_cannot_list() {
        services.failIn("listPods", Status.PERMISSION_DENIED.withDescription("no"));
        try (Stream<CriEvent> events = cri.events()) {
            assertThatThrownBy(events::findFirst)
                    .isInstanceOf(CriException.class)
                    .hasMessage("cannot list pods: no");
        }
    }
}
