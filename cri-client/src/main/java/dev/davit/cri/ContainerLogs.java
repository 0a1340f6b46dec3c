package dev.davit.cri;

import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Finds the logs of containers, and of those before and after them. */
final class ContainerLogs {
    /** A list of lines that took more than this would not be of use to anybody. */
    static final int LIMIT = 64 << 20;

    private static final long PAUSE_MILLIS = 250;

    /** How the kubelet names logs, {@code 3.log}, and how we do, {@code web_3.log} and at first {@code web.log}. */
    private static final Pattern KUBELET_NAME = Pattern.compile("([0-9]+)\\.log");

    private final CriContainers containers;

    ContainerLogs(CriContainers containers) {
        this.containers = containers;
    }

    List<LogLine> list(String id) {
        List<LogLine> all = new ArrayList<>();
        long bytes = 0;
        try (Stream<LogLine> lines = open(id, LogOptions.all())) {
            for (LogLine line : (Iterable<LogLine>) lines::iterator) {
                bytes += line.length();
                if (bytes > LIMIT) {
                    throw new StorageException(
                            "read", Path.of("log of container " + Names.brief(id)), "it is larger than 64 MiB", null);
                }
                all.add(line);
            }
        }
        return List.copyOf(all);
    }

    Stream<LogLine> open(String id, LogOptions options) {
        ContainerStatus status = containers.status(id);
        LogReader first = options.isOfPrevious() ? previous(status, options) : reader(status, options);
        Lines lines = new Lines(
                first, options.followsRestarts() ? new Successors(status, options.forSuccessor())::next : () -> null);
        return StreamSupport.stream(lines, false).onClose(lines::close);
    }

    private @Nullable LogReader reader(ContainerStatus status, LogOptions options) {
        boolean silent = status.state() == ContainerState.CREATED && !options.follows();
        Path file = silent ? null : status.logPath().orElse(null);
        return file == null ? null : new LogReader(file, options, () -> mayWrite(status.id()));
    }

    /** A runtime that is away keeps no container from writing; a closed client is another failure. */
    private boolean mayWrite(String id) {
        try {
            ContainerState state = containers.status(id).state();
            return state == ContainerState.RUNNING || state == ContainerState.CREATED;
        } catch (NotFoundException e) {
            return false;
        } catch (CriException e) {
            if (e.code() == CriException.Code.UNAVAILABLE || e.code() == CriException.Code.DEADLINE_EXCEEDED) {
                return true;
            }
            throw e;
        }
    }

    private LogReader previous(ContainerStatus status, LogOptions options) {
        Optional<ContainerStatus> before = attempts(status)
                .filter(other -> other.attempt() == status.attempt() - 1)
                .findFirst()
                .map(other -> containers.status(other.id()));
        Path file = before.flatMap(ContainerStatus::logPath)
                .or(() -> status.logPath().flatMap(path -> before(path, status)))
                .orElseThrow(() -> new NotFoundException("no container was before " + Text.plain(status.name())
                        + ", which is number " + status.attempt()));
        return new LogReader(file, options, () -> false);
    }

    /** {@return the name of the log before this one, if it follows from its name} */
    private static Optional<Path> before(Path log, ContainerStatus status) {
        int attempt = status.attempt() - 1;
        if (attempt < 0) {
            return Optional.empty();
        }
        Matcher kubelet = KUBELET_NAME.matcher(String.valueOf(log.getFileName()));
        if (kubelet.matches()) {
            return Optional.of(log.resolveSibling(attempt + ".log"));
        }
        return Optional.of(log.resolveSibling(ContainerSpec.logName(status.name(), attempt)));
    }

    /** {@return the containers of the same name in the pod, this one included} */
    private Stream<ContainerSummary> attempts(ContainerStatus status) {
        List<ContainerSummary> self = containers.list(ContainerFilter.all().id(status.id()));
        return self.stream()
                .flatMap(one -> containers.list(ContainerFilter.all().pod(one.podId())).stream())
                .filter(other -> other.name().equals(status.name()));
    }

    /** Waits for the containers that come after one that has ended. */
    private final class Successors {
        private final LogOptions options;
        private final @Nullable String podId;
        private ContainerStatus last;

        Successors(ContainerStatus first, LogOptions options) {
            this.options = options;
            this.last = first;
            this.podId = containers.list(ContainerFilter.all().id(first.id())).stream()
                    .map(ContainerSummary::podId)
                    .findFirst()
                    .orElse(null);
        }

        /** {@return the log of the next one, or null if there will be none} */
        @Nullable
        LogReader next() {
            while (podId != null) {
                try {
                    Optional<ContainerSummary> next = containers
                            .list(ContainerFilter.all().pod(podId))
                            .stream()
                            .filter(one -> one.name().equals(last.name()) && one.attempt() > last.attempt())
                            .min(Comparator.comparingInt(ContainerSummary::attempt));
                    if (next.isPresent()) {
                        last = containers.status(next.get().id());
                        return reader(last, options);
                    }
                    if (!containers.podIsReady(podId)) {
                        return null;
                    }
                } catch (CriException e) {
                    if (e.code() != CriException.Code.UNAVAILABLE) {
                        throw e;
                    }
                }
                Wire.sleep(PAUSE_MILLIS, "wait for container " + Text.plain(last.name()) + " to come back");
            }
            return null;
        }
    }

    /** The lines of one log after the other. */
    private static final class Lines extends Spliterators.AbstractSpliterator<LogLine> {
        private final Supplier<@Nullable LogReader> successor;
        private volatile @Nullable LogReader reader;
        private volatile boolean closed;

        Lines(@Nullable LogReader first, Supplier<@Nullable LogReader> successor) {
            super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
            this.reader = first;
            this.successor = successor;
        }

        @Override
        public boolean tryAdvance(Consumer<? super LogLine> action) {
            for (LogReader from = reader; from != null && !closed; from = reader) {
                LogLine line = from.next();
                if (line != null) {
                    action.accept(line);
                    return true;
                }
                from.close();
                reader = closed ? null : successor.get();
            }
            return false;
        }

        void close() {
            closed = true;
            LogReader from = reader;
            if (from != null) {
                from.close();
            }
        }
    }
}
