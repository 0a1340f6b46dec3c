package dev.davit.testkit.internal;

import dev.davit.cri.ContainerFilter;
import dev.davit.cri.ContainerStatus;
import dev.davit.cri.ContainerSummary;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.LogOptions;
import dev.davit.cri.RunningPod;
import dev.davit.oci.DavitException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The pods of one test, or of all tests of a class. Thread-safe. */
public final class PodScope {
    private static final int LOG_LINES = 200;

    private final CriClient client;
    private final List<RunningPod> pods = new ArrayList<>();

    /**
     * A scope without pods.
     *
     * @param client who runs them
     */
    public PodScope(CriClient client) {
        this.client = client;
    }

    /** Adds a pod. */
    public synchronized void add(RunningPod pod) {
        pods.add(pod);
    }

    /**
     * Reports what the containers have written, if the test has failed, and removes the pods, the last one first.
     *
     * @throws DavitException if a pod could not be removed; all were tried
     */
    public synchronized void close(ExtensionContext context) {
        context.getExecutionException().ifPresent(failure -> report(context, failure));
        DavitException failure = null;
        for (int i = pods.size() - 1; i >= 0; i--) {
            try {
                pods.get(i).close();
            } catch (DavitException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        pods.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private void report(ExtensionContext context, Throwable failure) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (RunningPod pod : pods) {
            try {
                for (ContainerSummary container :
                        client.containers().list(ContainerFilter.all().pod(pod.id()))) {
                    entries.put(pod.name() + "/" + container.name(), describe(container.id()));
                }
            } catch (DavitException e) {
                entries.put(pod.name(), "no list of its containers: " + e.getMessage());
            }
        }
        if (!entries.isEmpty()) {
            context.publishReportEntry(entries);
            failure.addSuppressed(new Output(entries));
        }
    }

    private String describe(String id) {
        try {
            ContainerStatus status = client.containers().status(id);
            String state = status.state()
                    + (status.exitCode().isPresent()
                            ? " with exit code " + status.exitCode().getAsInt()
                            : "")
                    + (status.message().isEmpty() ? "" : ", " + status.message());
            try (Stream<LogLine> lines =
                    client.containers().logs(id, LogOptions.all().tail(LOG_LINES))) {
                return state + lines.map(line -> "\n" + line.text()).collect(Collectors.joining());
            }
        } catch (DavitException e) {
            return "no log: " + e.getMessage();
        }
    }

    /** Where every runner shows it. */
    private static final class Output extends RuntimeException {
        private static final long serialVersionUID = 1;

        Output(Map<String, String> entries) {
            super(
                    entries.entrySet().stream()
                            .map(entry -> "container " + entry.getKey() + ": " + entry.getValue())
                            .collect(Collectors.joining("\n")),
                    null,
                    false,
                    false);
        }
    }
}
