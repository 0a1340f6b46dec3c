package dev.davit.examples.cli;

import dev.davit.cri.ContainerSummary;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.LogOptions;
import dev.davit.cri.NodeImage;
import dev.davit.cri.PodSummary;
import dev.davit.cri.RuntimeVersion;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Talks to a container runtime through CRI. The short commands are methods; {@code run} is a class of its own. */
@Command(
        name = "cri",
        description = "Talks to a container runtime through the Kubernetes Container Runtime Interface.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CriRunCommand.class,
            CriImportCommand.class,
            CriExportCommand.class,
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CriCommand {
    private static final String DEFAULT_ENDPOINT = "unix:///run/containerd/containerd.sock";

    @Option(
            names = "--endpoint",
            paramLabel = "URI",
            scope = ScopeType.INHERIT,
            description = {
                "The socket of the runtime: unix:///PATH or tcp://HOST:PORT. Without it, the environment variable",
                "CONTAINER_RUNTIME_ENDPOINT, or else " + DEFAULT_ENDPOINT + "."
            })
    private @Nullable String endpoint;

    @Spec
    private CommandSpec spec;

    CriClient connect() {
        String other = Optional.ofNullable(System.getenv("CONTAINER_RUNTIME_ENDPOINT"))
                .filter(value -> !value.isEmpty())
                .orElse(DEFAULT_ENDPOINT);
        return CriClient.connect(endpoint == null ? other : endpoint);
    }

    @Command(description = "Shows name and version of the runtime.")
    int version(@Mixin Output output) {
        try (CriClient cri = connect()) {
            RuntimeVersion version = cri.runtime().version();
            return output.show(version, () -> version);
        }
    }

    @Command(description = "Lists the images of the node.")
    int images(@Mixin Output output) {
        try (CriClient cri = connect()) {
            List<NodeImage> all = cri.images().list();
            Table table = new Table("IMAGE", "ID", "SIZE");
            for (NodeImage image : all) {
                List<String> names = image.tags().isEmpty() ? image.digests() : image.tags();
                for (String name : names.isEmpty() ? List.of("<none>") : names) {
                    table.row(name, Table.shortId(image.id()), Sizes.of(image.size()));
                }
            }
            return output.show(all, () -> table);
        }
    }

    @Command(description = "Lists the pods of the node.")
    int pods(@Mixin Output output) {
        try (CriClient cri = connect()) {
            List<PodSummary> all = cri.pods().list();
            Table table = new Table("POD", "NAME", "NAMESPACE", "STATE", "CREATED");
            for (PodSummary pod : all) {
                table.row(
                        Table.shortId(pod.id()),
                        pod.name(),
                        pod.namespace(),
                        pod.state().toString(),
                        Table.time(pod.createdAt()));
            }
            return output.show(all, () -> table);
        }
    }

    @Command(description = "Lists the containers of the node.")
    int ps(@Mixin Output output) {
        try (CriClient cri = connect()) {
            List<ContainerSummary> all = cri.containers().list();
            Table table = new Table("CONTAINER", "NAME", "STATE", "CREATED", "POD", "IMAGE");
            for (ContainerSummary container : all) {
                table.row(
                        Table.shortId(container.id()),
                        container.name(),
                        container.state().toString(),
                        Table.time(container.createdAt()),
                        Table.shortId(container.podId()),
                        Table.shortId(container.image()));
            }
            return output.show(all, () -> table);
        }
    }

    @Command(description = "Lets the node pull an image.")
    int pull(@Parameters(paramLabel = "REFERENCE", description = "The image.") String reference) {
        try (CriClient cri = connect()) {
            print(cri.images().pull(reference).id());
            return 0;
        }
    }

    @Command(description = "Gives an image of containerd one more name.")
    int tag(
            @Parameters(paramLabel = "IMAGE", description = "A name that it has, or its digest.") String image,
            @Parameters(paramLabel = "NAME", description = "The new name.") String name) {
        try (CriClient cri = connect()) {
            cri.containerd().tag(image, name);
            return 0;
        }
    }

    @Command(description = "Takes a name from an image of containerd, which keeps its other names and its ID.")
    int untag(@Parameters(arity = "1..*", paramLabel = "NAME", description = "The name.") List<String> names) {
        try (CriClient cri = connect()) {
            names.forEach(cri.containerd()::untag);
            return 0;
        }
    }

    @Command(description = "Prints what a container wrote.")
    int logs(
            @Parameters(paramLabel = "CONTAINER", description = "Its ID, or the start of it.") String id,
            @Option(
                            names = {"-f", "--follow"},
                            description = "Goes on until the container has ended.")
                    boolean follow,
            @Option(names = "--tail", paramLabel = "N", description = "Leaves out all but the last lines.") @Nullable
                    Integer tail,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            description = "Leaves out what is older, such as" + " 2026-11-22T08:33:00Z.")
                    @Nullable
                    Instant since,
            @Option(
                            names = {"-p", "--previous"},
                            description = "Prints that of the container before this one.")
                    boolean previous,
            @Option(
                            names = {"-t", "--timestamps"},
                            description = "Begins each line with its time.")
                    boolean times) {
        LogOptions options = follow ? LogOptions.all().follow() : LogOptions.all();
        options = tail == null ? options : options.tail(tail);
        options = since == null ? options : options.since(since);
        options = previous ? options.previous() : options;
        try (CriClient cri = connect();
                Stream<LogLine> lines = cri.containers().logs(id, options)) {
            spec.commandLine().getOut().flush();
            lines.forEach(line -> print(line, times ? line.time() + " " : ""));
            return 0;
        }
    }

    @Command(description = "Removes pods with their containers, or single containers.")
    int rm(
            @Parameters(arity = "1..*", paramLabel = "ID", description = "The ID of a pod or container, or its start.")
                    List<String> ids) {
        try (CriClient cri = connect()) {
            ids.forEach(id -> remove(cri, id));
            return 0;
        }
    }

    /** Stopping before removing is what a person means, and what some runtimes insist on. */
    private static void remove(CriClient cri, String id) {
        List<String> pods = cri.pods().list().stream()
                .map(PodSummary::id)
                .filter(each -> each.startsWith(id))
                .toList();
        List<String> containers = cri.containers().list().stream()
                .map(ContainerSummary::id)
                .filter(each -> each.startsWith(id))
                .toList();
        if (pods.size() + containers.size() != 1) {
            throw new IllegalArgumentException((pods.isEmpty() && containers.isEmpty()
                            ? "no pod or container has the ID "
                            : "more than one has the ID ")
                    + id);
        }
        pods.forEach(pod -> {
            cri.pods().stop(pod);
            cri.pods().remove(pod);
        });
        containers.forEach(container -> {
            cri.containers().stop(container, Duration.ofSeconds(10));
            cri.containers().remove(container);
        });
    }

    static void print(LogLine line) {
        print(line, "");
    }

    private static void print(LogLine line, String before) {
        PrintStream stream = line.stream() == LogLine.Stream.STDERR ? System.err : System.out;
        stream.println(before + line.text());
    }

    private void print(String text) {
        spec.commandLine().getOut().println(text);
    }
}
