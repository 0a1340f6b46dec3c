package dev.davit.cri;

import dev.davit.cri.CriEvent.Kind;
import dev.davit.cri.EventBook.Thing;
import dev.davit.cri.raw.ContainerEventResponse;
import dev.davit.cri.raw.PodSandboxStatus;
import dev.davit.oci.NotFoundException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts into an {@link EventBook} what a runtime tells and what it lists, and collects what is new. Not thread-safe. */
final class EventCollector {
    private final CriPods pods;
    private final CriContainers containers;
    private final EventBook book = new EventBook();
    private final Deque<CriEvent> news = new ArrayDeque<>();
    private final Instant begin = Instant.now();
    private boolean initial = true;

    EventCollector(CriPods pods, CriContainers containers) {
        this.pods = pods;
        this.containers = containers;
    }

    /** {@return what happened next, or null if nothing has been collected} */
    @Nullable
    CriEvent poll() {
        return news.poll();
    }

    /** Takes an event of the runtime. */
    void take(ContainerEventResponse event) {
        String id = event.getContainerId();
        Kind kind = kind(event);
        Instant at = Times.instant(event.getCreatedAt());
        Thing known = book.thing(id);
        if (kind == null || (known == null && at.isBefore(begin))) {
            // Runtimes keep events for the next one who asks; nothing of what is gone belongs to this watch.
            return;
        }
        PodSandboxStatus pod = event.getPodSandboxStatus();
        dev.davit.cri.raw.ContainerStatus container = event.getContainersStatusesList().stream()
                .filter(status -> status.getId().equals(id))
                .findFirst()
                .orElse(null);
        // containerd 1.7 does not say which pod it was when it has removed one.
        String podId = pod.getId().isEmpty() ? id : pod.getId();
        Thing thing = known != null ? known : new Thing(id, podId, "");
        Supplier<@Nullable Life> life;
        if (container != null) {
            life = () -> Life.of(new ContainerStatus(container));
        } else if (thing.isPod()) {
            life = () -> pod.getId().isEmpty() ? null : Life.of(new PodStatus(pod));
        } else {
            life = () -> life(id);
        }
        news.addAll(book.seen(thing, kind, at, life, Instant.now()));
    }

    private static @Nullable Kind kind(ContainerEventResponse event) {
        return switch (event.getContainerEventType()) {
            case CONTAINER_CREATED_EVENT -> Kind.CREATED;
            case CONTAINER_STARTED_EVENT -> Kind.STARTED;
            case CONTAINER_STOPPED_EVENT -> Kind.STOPPED;
            case CONTAINER_DELETED_EVENT -> Kind.DELETED;
            case UNRECOGNIZED -> null;
        };
    }

    /**
     * Lists everything. Those that are new come with their pods before them, and those that are gone before their pods.
     *
     * @throws CriException if the runtime fails; nothing is lost then, nor will anything come twice
     */
    void list() {
        Map<String, PodSummary> listedPods = new LinkedHashMap<>();
        pods.list().forEach(pod -> listedPods.put(pod.id(), pod));
        Map<String, ContainerSummary> listed = new LinkedHashMap<>();
        containers.list().forEach(container -> listed.put(container.id(), container));
        if (initial) {
            Map<String, @Nullable Life> lives = new HashMap<>();
            listed.keySet().forEach(id -> lives.put(id, life(id)));
            listedPods.values().forEach(pod -> find(thing(pod), kind(pod), Life.of(pod)));
            listed.values().forEach(one -> find(thing(one), kind(one), lives.get(one.id())));
            initial = false;
            return;
        }
        listedPods.values().forEach(pod -> see(thing(pod), Kind.STARTED, () -> Life.of(pod)));
        listed.values().forEach(one -> see(thing(one), kind(one), () -> life(one.id())));
        goneFrom(listed.keySet(), false);
        for (PodSummary pod : listedPods.values()) {
            see(thing(pod), kind(pod), () -> Life.of(pod));
            if (kind(pod) == Kind.STARTED) {
                news.addAll(book.isReady(thing(pod), Life.of(pod), Instant.now()));
            }
        }
        goneFrom(listedPods.keySet(), true);
    }

    private void find(Thing thing, @Nullable Kind kind, @Nullable Life life) {
        if (kind != null) {
            news.add(book.found(thing, kind, life, Instant.now()));
        }
    }

    private void see(Thing thing, @Nullable Kind kind, Supplier<@Nullable Life> life) {
        if (kind != null) {
            news.addAll(book.seen(thing, kind, null, life, Instant.now()));
        }
    }

    private void goneFrom(Collection<String> listed, boolean pod) {
        for (Thing thing : book.things()) {
            if (thing.isPod() == pod && !listed.contains(thing.id())) {
                see(thing, Kind.DELETED, () -> null);
            }
        }
    }

    private static Thing thing(PodSummary pod) {
        return new Thing(pod.id(), pod.id(), pod.name());
    }

    private static Thing thing(ContainerSummary container) {
        return new Thing(container.id(), container.podId(), container.name());
    }

    private static Kind kind(PodSummary pod) {
        return pod.state() == PodState.READY ? Kind.STARTED : Kind.STOPPED;
    }

    private static @Nullable Kind kind(ContainerSummary container) {
        return switch (container.state()) {
            case CREATED -> Kind.CREATED;
            case RUNNING -> Kind.STARTED;
            case EXITED -> Kind.STOPPED;
            case UNKNOWN -> null;
        };
    }

    private @Nullable Life life(String id) {
        try {
            return Life.of(containers.status(id));
        } catch (NotFoundException e) {
            return null;
        }
    }
}
