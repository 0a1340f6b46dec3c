package dev.davit.examples.cli;

import dev.davit.cri.CriClient;
import dev.davit.cri.PodFilter;
import dev.davit.cri.PodMetrics;
import dev.davit.cri.PodState;
import dev.davit.cri.PodStats;
import dev.davit.cri.PodSummary;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code davit cri} that are about pods, by the names that crictl has for them. */
final class CriPodCommands {
    private CriPodCommands() {}

    static String pod(CriClient node, String start) {
        return CriSubcommand.whole("pod", node.pods().list().stream().map(PodSummary::id), start);
    }

    /** Stopping before removing is what some runtimes insist on. */
    static void remove(CriClient node, String id) {
        node.pods().stop(id);
        node.pods().remove(id);
    }

    @Command(name = "pods", description = "Lists the pods of the node.")
    @SuppressWarnings("NullAway.Init")
    static final class Pods extends CriSubcommand {
        @Mixin
        private Selection selection;

        @Option(names = "--namespace", paramLabel = "REGEX", description = "Only those in namespaces like this.")
        private @Nullable Pattern namespace;

        @Option(
                names = {"-s", "--state"},
                paramLabel = "STATE",
                description = "Only those in this state: ready or not_ready.")
        private @Nullable PodState state;

        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            PodFilter filter = PodFilter.all();
            filter = selection.id() == null ? filter : filter.id(selection.id());
            filter = state == null ? filter : filter.state(state);
            for (Map.Entry<String, String> label : selection.labels().entrySet()) {
                filter = filter.label(label.getKey(), label.getValue());
            }
            List<PodSummary> inNamespace = node.pods().list(filter).stream()
                    .filter(pod -> namespace == null
                            || namespace.matcher(pod.namespace()).find())
                    .toList();
            List<PodSummary> found = selection.of(inNamespace, PodSummary::name, PodSummary::createdAt);
            if (selection.isQuiet()) {
                found.forEach(pod -> print(pod.id()));
                return 0;
            }
            Table table = new Table("POD", "NAME", "NAMESPACE", "STATE", "CREATED");
            for (PodSummary pod : found) {
                table.row(
                        selection.shown(pod.id()),
                        pod.name(),
                        pod.namespace(),
                        pod.state().toString(),
                        Table.time(pod.createdAt()));
            }
            return output.show(found, () -> table);
        }
    }

    @Command(name = "inspectp", description = "Shows everything that the runtime says of pods, as JSON or YAML.")
    @SuppressWarnings("NullAway.Init")
    static final class Inspect extends CriSubcommand {
        @Parameters(arity = "1..*", paramLabel = "POD", description = "Its ID, or the start of it.")
        private List<String> ids;

        @Mixin
        private Document output;

        @Override
        int run(CriClient node) {
            return output.show(ids.stream()
                    .map(start -> pod(node, start))
                    .map(id -> Document.of(node.pods().status(id), node.pods().info(id)))
                    .toList());
        }
    }

    @Command(name = "stopp", description = "Stops pods with their containers. Does nothing to those that are stopped.")
    @SuppressWarnings("NullAway.Init")
    static final class Stop extends CriSubcommand {
        @Parameters(arity = "1..*", paramLabel = "POD", description = "Its ID, or the start of it.")
        private List<String> ids;

        @Override
        int run(CriClient node) {
            for (String start : ids) {
                String id = pod(node, start);
                node.pods().stop(id);
                print(id);
            }
            return 0;
        }
    }

    @Command(name = "rmp", description = "Removes pods with their containers.")
    @SuppressWarnings("NullAway.Init")
    static final class Remove extends CriSubcommand {
        @Parameters(arity = "0..*", paramLabel = "POD", description = "Its ID, or the start of it.")
        private List<String> ids = List.of();

        @Option(
                names = {"-f", "--force"},
                description = "Also those that still run.")
        private boolean force;

        @Option(
                names = {"-a", "--all"},
                description = "All pods of the node.")
        private boolean all;

        @Override
        int run(CriClient node) {
            if (all == !ids.isEmpty()) {
                throw new IllegalArgumentException("expected IDs of pods, or --all");
            }
            List<PodSummary> pods = node.pods().list();
            List<String> wanted = all
                    ? pods.stream().map(PodSummary::id).toList()
                    : ids.stream()
                            .map(start -> whole("pod", pods.stream().map(PodSummary::id), start))
                            .toList();
            for (PodSummary pod : pods) {
                if (wanted.contains(pod.id())) {
                    if (!force && pod.state() == PodState.READY) {
                        throw new IllegalArgumentException(
                                "pod " + pod.name() + " still runs: stop it before, or use --force");
                    }
                    remove(node, pod.id());
                    print(pod.id());
                }
            }
            return 0;
        }
    }

    @Command(name = "statsp", description = "Shows what pods use.")
    @SuppressWarnings("NullAway.Init")
    static final class Stats extends CriSubcommand {
        @Parameters(arity = "0..*", paramLabel = "POD", description = "Only these.")
        private List<String> ids = List.of();

        @Mixin
        private Watch watch;

        @Mixin
        private Output output;

        @Override
        int run(CriClient node) throws InterruptedException {
            List<String> wanted = ids.stream().map(start -> pod(node, start)).toList();
            return watch.twice(
                    () -> node.stats().pods(PodFilter.all()).stream()
                            .filter(pod -> wanted.isEmpty() || wanted.contains(pod.id()))
                            .toList(),
                    (before, now) -> print(output.text(now, () -> table(before, now))));
        }

        private static Table table(List<PodStats> before, List<PodStats> now) {
            Table table = new Table("POD", "NAME", "CPU %", "MEMORY", "RECEIVED", "SENT", "PROCESSES");
            for (PodStats pod : now) {
                table.row(
                        Table.shortId(pod.id()),
                        pod.name(),
                        Watch.percent(before.stream()
                                .filter(each -> each.id().equals(pod.id()))
                                .findFirst()
                                .map(pod::cpuPercentSince)),
                        Watch.size(pod.memory().map(memory -> memory.workingSet())),
                        Watch.size(pod.network().map(net -> Watch.sum(net.interfaces(), each -> each.receivedBytes()))),
                        Watch.size(pod.network().map(net -> Watch.sum(net.interfaces(), each -> each.sentBytes()))),
                        Watch.number(pod.processes()));
            }
            return table;
        }
    }

    @Command(name = "metricsp", description = "Shows the metrics of pods, where the runtime has any.")
    @SuppressWarnings("NullAway.Init")
    static final class Metrics extends CriSubcommand {
        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            List<PodMetrics> all = node.stats().metrics();
            return output.show(all, () -> {
                Table table = new Table("POD", "METRIC", "LABELS", "VALUE");
                for (PodMetrics pod : all) {
                    Stream.concat(
                                    pod.metrics().stream(),
                                    pod.containers().values().stream().flatMap(List::stream))
                            .forEach(metric -> table.row(
                                    Table.shortId(pod.podId()),
                                    metric.name(),
                                    String.join(",", metric.labelValues()),
                                    Watch.number(metric.value())));
                }
                return table;
            });
        }
    }
}
