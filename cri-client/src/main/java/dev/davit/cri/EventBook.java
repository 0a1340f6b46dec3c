package dev.davit.cri;

import dev.davit.cri.CriEvent.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far each pod and each container has come, and what follows from seeing it in some state.
 *
 * <p>They only go forward: created, started, stopped, deleted. So it does not matter whether a state is seen in a list or in
 * an event, in which order, or twice: what is new is reported with everything that must have happened before, and what is
 * not new is nothing. Only a pod may come back, and only a list says so. Not thread-safe.
 */
final class EventBook {
    /** Those that were deleted are remembered, because an event or a list may be older than that; IDs never come back. */
    private static final int MOST_DELETED = 10_000;

    private final Map<String, Known> known = new LinkedHashMap<>();
    private final Set<String> deleted = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_DELETED;
        }
    });

    private record Known(Thing thing, Kind kind) {}

    /**
     * A pod or a container.
     *
     * @param id its ID
     * @param podId the ID of its pod, the same for a pod
     * @param name its name; empty if it is not known
     */
    record Thing(String id, String podId, String name) {
        boolean isPod() {
            return id.equals(podId);
        }
    }

    /** {@return the pod or container of this ID, or null if it is not known} */
    @Nullable
    Thing thing(String id) {
        Known found = known.get(id);
        return found == null ? null : found.thing();
    }

    /** {@return all that are there, as a copy} */
    List<Thing> things() {
        return known.values().stream().map(Known::thing).toList();
    }

    /**
     * Takes down how something was found when the watch began.
     *
     * @param life what its runtime knows of it, or null if it knows nothing any longer
     * @param now the time
     */
    CriEvent found(Thing thing, Kind kind, @Nullable Life life, Instant now) {
        known.put(thing.id(), new Known(thing, kind));
        return event(thing, kind, time(kind, life, now), life, true);
    }

    /**
     * Takes down that something was seen in a state.
     *
     * @param at when it came into that state, or null if that is not known
     * @param life asks what its runtime knows of it, null if it knows nothing any longer; only called if there is news
     * @param now the time
     * @return the news, in their order
     */
    List<CriEvent> seen(Thing seen, Kind kind, @Nullable Instant at, Supplier<@Nullable Life> life, Instant now) {
        Known before = known.get(seen.id());
        if (deleted.contains(seen.id()) || (before != null && before.kind().compareTo(kind) >= 0)) {
            return List.of();
        }
        Life details = life.get();
        Thing thing =
                details == null || !seen.name().isEmpty() ? seen : new Thing(seen.id(), seen.podId(), details.name());
        Instant otherwise = at == null ? now : at;
        List<CriEvent> news = new ArrayList<>();
        for (Kind step : Kind.values()) {
            boolean isNew = before == null || step.compareTo(before.kind()) > 0;
            if (step.compareTo(kind) < 0 && isNew && wasMade(step, before, kind, details)) {
                news.add(event(thing, step, time(step, details, otherwise), details, false));
            }
        }
        Instant time = at == null ? time(kind, details, now) : at;
        news.add(event(thing, kind, time, details, false));
        if (kind == Kind.DELETED) {
            known.remove(thing.id());
            deleted.add(thing.id());
        } else {
            known.put(thing.id(), new Known(thing, kind));
        }
        return news;
    }

    /**
     * Takes down that the latest list has a pod that is ready. If it had stopped, as pods seem to have for a runtime that is
     * just coming back, then it goes on from there.
     *
     * @return the news
     */
    List<CriEvent> isReady(Thing pod, Life life, Instant now) {
        Known before = known.get(pod.id());
        if (before == null || before.kind() != Kind.STOPPED) {
            return List.of();
        }
        known.put(pod.id(), new Known(pod, Kind.STARTED));
        return List.of(event(pod, Kind.STARTED, now, life, false));
    }

    /** {@return whether a step was made on the way to another, though nobody has told} */
    private static boolean wasMade(Kind step, @Nullable Known before, Kind now, @Nullable Life life) {
        return switch (step) {
            case CREATED -> true;
            // A container that could not be started has stopped as well.
            case STARTED -> life == null ? now == Kind.STOPPED : life.startedAt() != null;
            case STOPPED ->
                (before != null && before.kind() == Kind.STARTED) || (life != null && life.startedAt() != null);
            case DELETED -> false;
        };
    }

    private static Instant time(Kind kind, @Nullable Life life, Instant otherwise) {
        Instant known = life == null ? null : life.time(kind);
        return known == null ? otherwise : known;
    }

    private static CriEvent event(Thing thing, Kind kind, Instant time, @Nullable Life life, boolean initial) {
        return new CriEvent(
                kind,
                thing.podId(),
                thing.isPod() ? Optional.empty() : Optional.of(thing.id()),
                thing.name(),
                time,
                kind == Kind.STOPPED && life != null ? life.exitCode() : OptionalInt.empty(),
                initial);
    }
}
