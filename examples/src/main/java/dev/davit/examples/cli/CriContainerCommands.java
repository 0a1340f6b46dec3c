package dev.davit.examples.cli;

import dev.davit.cri.ContainerFilter;
import dev.davit.cri.ContainerState;
import dev.davit.cri.ContainerStats;
import dev.davit.cri.ContainerSummary;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.LogOptions;
import dev.davit.cri.PodSummary;
import dev.davit.cri.Resources;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code davit cri} that are about containers, by the names that crictl has for them. */
final class CriContainerCommands {
    private CriContainerCommands() {}

    static String container(CriClient node, String start) {
        return CriSubcommand.whole(
                "container", node.containers().list().stream().map(ContainerSummary::id), start);
    }

    @Command(name = "ps", description = "Lists the containers of the node that run.")
    @SuppressWarnings("NullAway.Init")
    static final class Ps extends CriSubcommand {
        @Mixin
        private Selection selection;

        @Option(
                names = {"-a", "--all"},
                description = "Also those that do not run.")
        private boolean all;

        @Option(
                names = {"-s", "--state"},
                paramLabel = "STATE",
                description = "Only those in this state: created, running, exited or unknown.")
        private @Nullable ContainerState state;

        @Option(
                names = {"-p", "--pod"},
                paramLabel = "POD",
                description = "Only those of this pod.")
        private @Nullable String pod;

        @Option(names = "--image", paramLabel = "IMAGE", description = "Only those of this image.")
        private @Nullable String image;

        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            List<ContainerSummary> wanted = node.containers().list(filter(node)).stream()
                    .filter(container -> image == null || container.image().startsWith(imageId(node, image)))
                    .toList();
            List<ContainerSummary> found = selection.of(wanted, ContainerSummary::name, ContainerSummary::createdAt);
            if (selection.isQuiet()) {
                found.forEach(container -> print(container.id()));
                return 0;
            }
            Table table = new Table("CONTAINER", "NAME", "STATE", "CREATED", "ATTEMPT", "POD", "IMAGE");
            for (ContainerSummary container : found) {
                table.row(
                        selection.shown(container.id()),
                        container.name(),
                        container.state().toString(),
                        Table.time(container.createdAt()),
                        "" + container.attempt(),
                        selection.shown(container.podId()),
                        selection.shown(container.image()));
            }
            return output.show(found, () -> table);
        }

        private ContainerFilter filter(CriClient node) {
            ContainerFilter filter = ContainerFilter.all();
            filter = selection.id() == null ? filter : filter.id(selection.id());
            filter = pod == null ? filter : filter.pod(CriPodCommands.pod(node, pod));
            if (state != null || !all) {
                filter = filter.state(state == null ? ContainerState.RUNNING : state);
            }
            for (Map.Entry<String, String> label : selection.labels().entrySet()) {
                filter = filter.label(label.getKey(), label.getValue());
            }
            return filter;
        }

        private static String imageId(CriClient node, String image) {
            return node.images().status(image).map(found -> found.id()).orElse(image);
        }
    }

    @Command(name = "inspect", description = "Shows everything that the runtime says of containers, as JSON or YAML.")
    @SuppressWarnings("NullAway.Init")
    static final class Inspect extends CriSubcommand {
        @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Its ID, or the start of it.")
        private List<String> ids;

        @Mixin
        private Document output;

        @Override
        int run(CriClient node) {
            return output.show(ids.stream()
                    .map(start -> container(node, start))
                    .map(id -> Document.of(
                            node.containers().status(id), node.containers().info(id)))
                    .toList());
        }
    }

    /** Does the same with each of some containers, and prints its ID. */
    @SuppressWarnings("NullAway.Init")
    private abstract static class Each extends CriSubcommand {
        @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Its ID, or the start of it.")
        private List<String> ids;

        abstract void act(CriClient node, String id);

        @Override
        final int run(CriClient node) {
            for (String start : ids) {
                String id = container(node, start);
                act(node, id);
                print(id);
            }
            return 0;
        }
    }

    @Command(name = "start", description = "Starts containers that were only created.")
    @SuppressWarnings("NullAway.Init")
    static final class Start extends Each {
        @Override
        void act(CriClient node, String id) {
            node.containers().start(id);
        }
    }

    @Command(name = "stop", description = "Ends the processes of containers. Does nothing to those that have ended.")
    @SuppressWarnings("NullAway.Init")
    static final class Stop extends Each {
        @Option(
                names = {"-t", "--timeout"},
                paramLabel = "SECONDS",
                defaultValue = "0",
                description = "How long to wait before they are killed; ${DEFAULT-VALUE} unless given.")
        private int seconds;

        @Override
        void act(CriClient node, String id) {
            node.containers().stop(id, Duration.ofSeconds(seconds));
        }
    }

    @Command(
            name = "rm",
            description = "Removes containers, or pods with their containers. Those that run are stopped before.")
    @SuppressWarnings("NullAway.Init")
    static final class Remove extends CriSubcommand {
        private static final Duration GRACE = Duration.ofSeconds(10);

        @Parameters(arity = "0..*", paramLabel = "ID", description = "The ID of a pod or container, or its start.")
        private List<String> ids = List.of();

        @Option(
                names = {"-a", "--all"},
                description = "All containers of the node.")
        private boolean all;

        @Option(names = "--keep-logs", description = "Leaves the logs of the containers where they are.")
        private boolean keepLogs;

        @Override
        int run(CriClient node) {
            if (all == !ids.isEmpty()) {
                throw new IllegalArgumentException("expected IDs of containers, or --all");
            }
            List<String> pods = node.pods().list().stream().map(PodSummary::id).toList();
            List<String> containers =
                    node.containers().list().stream().map(ContainerSummary::id).toList();
            for (String start : all ? containers : ids) {
                String id = whole("pod or container", Stream.concat(pods.stream(), containers.stream()), start);
                if (pods.contains(id)) {
                    CriPodCommands.remove(node, id);
                } else {
                    node.containers().stop(id, GRACE);
                    remove(node, id);
                }
                print(id);
            }
            return 0;
        }

        private void remove(CriClient node, String id) {
            if (keepLogs) {
                node.containers().remove(id);
            } else {
                node.containers().removeWithLogs(id);
            }
        }
    }

    @Command(name = "update", description = "Changes the limits of containers that run. What is not given stays.")
    @SuppressWarnings("NullAway.Init")
    static final class Update extends Each {
        @Option(names = "--cpu", paramLabel = "CORES", description = "As much of a processor, such as 0.5.")
        private @Nullable Double cores;

        @Option(names = "--cpu-share", paramLabel = "N", description = "The weight among containers that compete.")
        private @Nullable Long shares;

        @Option(names = "--cpuset-cpus", paramLabel = "LIST", description = "Only these processors, such as 0-2,5.")
        private @Nullable String cpuSet;

        @Option(names = "--cpuset-mems", paramLabel = "LIST", description = "Only memory of these nodes.")
        private @Nullable String memoryNodes;

        @Option(names = "--memory", paramLabel = "BYTES", description = "As much memory.")
        private @Nullable Long memory;

        @Override
        void act(CriClient node, String id) {
            Resources resources = Resources.none();
            resources = cores == null ? resources : resources.cpuLimit(cores);
            resources = shares == null ? resources : resources.cpuShares(shares);
            resources = cpuSet == null ? resources : resources.cpuSet(cpuSet);
            resources = memoryNodes == null ? resources : resources.memoryNodes(memoryNodes);
            resources = memory == null ? resources : resources.memoryLimit(memory);
            node.containers().update(id, resources);
        }
    }

    @Command(name = "logs", description = "Prints what a container wrote.")
    @SuppressWarnings("NullAway.Init")
    static final class Logs extends CriSubcommand {
        @Parameters(paramLabel = "CONTAINER", description = "Its ID, or the start of it.")
        private String start;

        @Option(
                names = {"-f", "--follow"},
                description = "Goes on until the container has ended.")
        private boolean follow;

        @Option(names = "--tail", paramLabel = "N", description = "Leaves out all but the last lines.")
        private @Nullable Integer tail;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                description = "Leaves out what is older, such as 2026-11-22T08:33:00Z.")
        private @Nullable Instant since;

        @Option(
                names = {"-p", "--previous"},
                description = "Prints that of the container before this one.")
        private boolean previous;

        @Option(
                names = {"-t", "--timestamps"},
                description = "Begins each line with its time.")
        private boolean times;

        @Option(
                names = {"-r", "--reopen"},
                description = "Tells the runtime before to write to a new file.")
        private boolean reopen;

        @Override
        int run(CriClient node) {
            LogOptions options = follow ? LogOptions.all().follow() : LogOptions.all();
            options = tail == null ? options : options.tail(tail);
            options = since == null ? options : options.since(since);
            options = previous ? options.previous() : options;
            String id = container(node, start);
            if (reopen) {
                node.containers().reopenLog(id);
            }
            try (Stream<LogLine> lines = node.containers().logs(id, options)) {
                lines.forEach(line -> print(line, times ? line.time() + " " : ""));
            }
            return 0;
        }

        static void print(LogLine line, String before) {
            PrintStream stream = line.stream() == LogLine.Stream.STDERR ? System.err : System.out;
            stream.println(before + line.text());
        }
    }

    @Command(name = "stats", description = "Shows what containers use.")
    @SuppressWarnings("NullAway.Init")
    static final class Stats extends CriSubcommand {
        @Parameters(arity = "0..*", paramLabel = "CONTAINER", description = "Only these.")
        private List<String> ids = List.of();

        @Mixin
        private Watch watch;

        @Mixin
        private Output output;

        @Override
        int run(CriClient node) throws InterruptedException {
            List<String> wanted =
                    ids.stream().map(start -> container(node, start)).toList();
            return watch.twice(
                    () -> node.stats().containers(ContainerFilter.all()).stream()
                            .filter(container -> wanted.isEmpty() || wanted.contains(container.id()))
                            .toList(),
                    (before, now) -> print(output.text(now, () -> table(before, now))));
        }

        private static Table table(List<ContainerStats> before, List<ContainerStats> now) {
            Table table = new Table("CONTAINER", "NAME", "CPU %", "MEMORY", "DISK", "INODES");
            for (ContainerStats container : now) {
                table.row(
                        Table.shortId(container.id()),
                        container.name(),
                        Watch.percent(before.stream()
                                .filter(each -> each.id().equals(container.id()))
                                .findFirst()
                                .map(container::cpuPercentSince)),
                        Watch.size(container.memory().map(memory -> memory.workingSet())),
                        Watch.size(container.writableLayer().map(disk -> disk.usedBytes())),
                        container
                                .writableLayer()
                                .map(disk -> Watch.number(disk.usedInodes()))
                                .orElse(""));
            }
            return table;
        }
    }

    @Command(
            name = "checkpoint",
            description = "Writes the state of a container into an archive, where criu is installed.")
    @SuppressWarnings("NullAway.Init")
    static final class Checkpoint extends CriSubcommand {
        @Parameters(paramLabel = "CONTAINER", description = "Its ID, or the start of it.")
        private String start;

        @Option(names = "--export", required = true, paramLabel = "FILE", description = "The archive, on the node.")
        private Path archive;

        @Override
        int run(CriClient node) {
            String id = container(node, start);
            node.checkpoints().checkpoint(id, archive.toAbsolutePath(), Duration.ofMinutes(10));
            print(id);
            return 0;
        }
    }
}
