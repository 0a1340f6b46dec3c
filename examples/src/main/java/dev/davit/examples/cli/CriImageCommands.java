package dev.davit.examples.cli;

import dev.davit.cri.ContainerSummary;
import dev.davit.cri.CriClient;
import dev.davit.cri.FileSystemUsage;
import dev.davit.cri.ImageFileSystems;
import dev.davit.cri.NodeImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code davit cri} that are about images, by the names that crictl has for them, and some more. */
final class CriImageCommands {
    private CriImageCommands() {}

    private static NodeImage image(CriClient node, String name) {
        return node.images().status(name).orElseGet(() -> {
            List<NodeImage> all = node.images().list();
            String id = CriSubcommand.whole(
                    "image",
                    all.stream().map(each -> each.id().substring(each.id().indexOf(':') + 1)),
                    name.startsWith("sha256:") ? name.substring(7) : name);
            return all.stream()
                    .filter(each -> each.id().endsWith(id))
                    .findFirst()
                    .orElseThrow();
        });
    }

    @Command(name = "images", description = "Lists the images of the node.")
    @SuppressWarnings("NullAway.Init")
    static final class Images extends CriSubcommand {
        @Parameters(arity = "0..1", paramLabel = "IMAGE", description = "Only this one.")
        private @Nullable String name;

        @Option(names = "--digests", description = "Shows the digests of their manifests, too.")
        private boolean digests;

        @Option(names = "--pinned", description = "Only those that the node keeps in any case.")
        private boolean pinned;

        @Option(
                names = {"-q", "--quiet"},
                description = "Only their IDs.")
        private boolean quiet;

        @Option(names = "--no-trunc", description = "IDs in full.")
        private boolean whole;

        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            List<NodeImage> found = (name == null
                            ? node.images().list()
                            : node.images().list(name))
                    .stream().filter(image -> !pinned || image.isPinned()).toList();
            if (quiet) {
                found.forEach(image -> print(image.id()));
                return 0;
            }
            Table table = digests ? new Table("IMAGE", "DIGEST", "ID", "SIZE") : new Table("IMAGE", "ID", "SIZE");
            for (NodeImage image : found) {
                for (String each : names(image)) {
                    List<String> row = new ArrayList<>(List.of(each));
                    if (digests) {
                        row.add(image.digests().stream()
                                .map(digest -> digest.substring(digest.indexOf('@') + 1))
                                .map(digest -> whole ? digest : Table.shortId(digest))
                                .distinct()
                                .collect(Collectors.joining(" ")));
                    }
                    row.add(whole ? image.id() : Table.shortId(image.id()));
                    row.add(Sizes.of(image.size()));
                    table.row(row.toArray(String[]::new));
                }
            }
            return output.show(found, () -> table);
        }

        private static List<String> names(NodeImage image) {
            List<String> names = image.tags().isEmpty() ? image.digests() : image.tags();
            return names.isEmpty() ? List.of("<none>") : names;
        }
    }

    @Command(name = "inspecti", description = "Shows everything that the runtime says of images, as JSON or YAML.")
    @SuppressWarnings("NullAway.Init")
    static final class Inspect extends CriSubcommand {
        @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Its name, digest or ID, or the start of that.")
        private List<String> names;

        @Mixin
        private Document output;

        @Override
        int run(CriClient node) {
            return output.show(names.stream()
                    .map(name -> image(node, name))
                    .map(image -> Document.of(image, node.images().info(image.id())))
                    .toList());
        }
    }

    @Command(name = "pull", description = "Lets the node pull images, with the logins of this machine.")
    @SuppressWarnings("NullAway.Init")
    static final class Pull extends CriSubcommand {
        @Parameters(arity = "1..*", paramLabel = "REFERENCE", description = "The image.")
        private List<String> references;

        @Mixin
        private PullOptions by;

        @Override
        int run(CriClient node) {
            references.forEach(reference -> print(by.pull(node, reference)));
            return 0;
        }
    }

    @Command(name = "rmi", description = "Removes images with all their names.")
    @SuppressWarnings("NullAway.Init")
    static final class Remove extends CriSubcommand {
        @Parameters(arity = "0..*", paramLabel = "IMAGE", description = "Its name, digest or ID, or the start of that.")
        private List<String> names = List.of();

        @Option(
                names = {"-a", "--all"},
                description = "All images of the node that are not pinned.")
        private boolean all;

        @Option(names = "--prune", description = "Those that no container is of.")
        private boolean prune;

        @Override
        int run(CriClient node) {
            if (Stream.of(all, prune, !names.isEmpty()).filter(given -> given).count() != 1) {
                throw new IllegalArgumentException("expected images, or --all, or --prune");
            }
            for (NodeImage image : wanted(node)) {
                node.images().remove(image.id());
                print(image.id());
            }
            return 0;
        }

        private List<NodeImage> wanted(CriClient node) {
            if (!names.isEmpty()) {
                return names.stream().map(name -> image(node, name)).toList();
            }
            Stream<String> used =
                    all ? Stream.of() : node.containers().list().stream().map(ContainerSummary::image);
            Set<String> kept = Stream.concat(used, sandboxImage(node).stream())
                    .map(name -> node.images().status(name).map(NodeImage::id).orElse(name))
                    .collect(Collectors.toSet());
            return node.images().list().stream()
                    .filter(image -> !image.isPinned() && !kept.contains(image.id()))
                    .toList();
        }

        /** No pod runs without it, and containerd before 1.7 does not pin it. */
        private static Optional<String> sandboxImage(CriClient node) {
            return Document.parsed(node.runtime().info().getOrDefault("config", "")) instanceof Map<?, ?> config
                            && config.get("sandboxImage") instanceof String name
                    ? Optional.of(name)
                    : Optional.empty();
        }
    }

    @Command(name = "imagefsinfo", description = "Shows how much room images and containers take.")
    @SuppressWarnings("NullAway.Init")
    static final class FileSystems extends CriSubcommand {
        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            ImageFileSystems all = node.images().fileSystems();
            Table table = new Table("OF", "FILE SYSTEM", "USED", "INODES");
            all.images().forEach(each -> row(table, "images", each));
            all.containers().forEach(each -> row(table, "containers", each));
            return output.show(all, () -> table);
        }

        private static void row(Table table, String of, FileSystemUsage usage) {
            table.row(
                    of,
                    usage.mountPoint(),
                    Watch.size(Optional.of(usage.usedBytes())),
                    Watch.number(usage.usedInodes()));
        }
    }

    @Command(name = "tag", description = "Gives an image of containerd one more name.")
    @SuppressWarnings("NullAway.Init")
    static final class Tag extends CriSubcommand {
        @Parameters(index = "0", paramLabel = "IMAGE", description = "A name that it has, or its digest.")
        private String image;

        @Parameters(index = "1", paramLabel = "NAME", description = "The new name.")
        private String name;

        @Override
        int run(CriClient node) {
            node.containerd().tag(image, name);
            return 0;
        }
    }

    @Command(
            name = "untag",
            description = "Takes a name from an image of containerd, which keeps its others and its ID.")
    @SuppressWarnings("NullAway.Init")
    static final class Untag extends CriSubcommand {
        @Parameters(arity = "1..*", paramLabel = "NAME", description = "The name.")
        private List<String> names;

        @Override
        int run(CriClient node) {
            names.forEach(node.containerd()::untag);
            return 0;
        }
    }
}
