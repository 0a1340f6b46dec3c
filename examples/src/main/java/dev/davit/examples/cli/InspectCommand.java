package dev.davit.examples.cli;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.ExecutionConfig;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.ImageIndex;
import dev.davit.oci.image.Layer;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "inspect", description = "Shows what an image is: its platform, its layers, how it is run.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "The place of the image.")
    private Place place;

    @ArgGroup
    private @Nullable Form form;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Takes the image of this platform out of an index.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    static final class Form {
        @Option(names = "--config", description = "Prints the configuration, byte for byte.")
        boolean config;

        @Option(names = "--raw", description = "Prints the manifest or index, byte for byte.")
        boolean raw;
    }

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, place)) {
            var content = places.open(place);
            if (form != null && form.raw) {
                Descriptor raw = platform == null
                        ? content.descriptor()
                        : content.image(platform).descriptor();
                print(content.source().fetch(raw));
            } else if (form != null && form.config) {
                print(content.image(wanted()).config().toBytes());
            } else if (content.descriptor().mediaType().isIndex() && platform == null) {
                show(Index.parse(
                        content.descriptor().mediaType(), content.source().fetch(content.descriptor())));
            } else {
                show(content);
            }
            return 0;
        }
    }

    private Platform wanted() {
        return platform == null ? Platform.host() : platform;
    }

    /** Exact bytes go past the writer, which would put them through a charset. */
    private void print(byte[] bytes) {
        spec.commandLine().getOut().flush();
        PrintStream out = System.out;
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    private void show(Index index) {
        line("digest", index.digest());
        line("type", index.mediaType());
        index.artifactType().ifPresent(type -> line("artifact", type));
        index.subject().ifPresent(subject -> line("subject", subject.digest()));
        annotations(index.annotations());
        for (Descriptor manifest : index.manifests()) {
            spec.commandLine()
                    .getOut()
                    .println(manifest.digest() + "  "
                            + manifest.platform().map(Platform::toString).orElse("-") + "  "
                            + Sizes.of(manifest.size()));
        }
    }

    private void show(Places.Content<?> content) {
        Descriptor chosen = ImageIndex.select(content.source(), content.descriptor(), wanted());
        Manifest manifest = Manifest.parse(chosen.mediaType(), content.source().fetch(chosen));
        if (manifest.config().mediaType().isConfig()) {
            show(Image.load(content.source(), chosen));
        } else {
            show(manifest);
        }
    }

    /** What is no image may be anything: a chart, a signature, a bill of materials. */
    private void show(Manifest artifact) {
        line("digest", artifact.digest());
        line("type", artifact.mediaType());
        line(
                "artifact",
                artifact.artifactType().orElse(artifact.config().mediaType().value()));
        artifact.subject().ifPresent(subject -> line("subject", subject.digest()));
        annotations(artifact.annotations());
        for (Descriptor layer : artifact.layers()) {
            line(
                    "layer",
                    layer.digest() + "  " + Sizes.of(layer.size()) + "  "
                            + layer.annotation(Annotations.TITLE)
                                    .orElse(layer.mediaType().value()));
        }
    }

    private void annotations(Map<String, String> annotations) {
        annotations.forEach((key, value) -> line("annotation", key + "=" + value));
    }

    private void show(Image image) {
        ExecutionConfig run = image.config().execution();
        line("digest", image.digest());
        line("id", image.id());
        line("type", image.descriptor().mediaType());
        line("platform", image.platform());
        image.config().created().ifPresent(created -> line("created", created));
        list("entrypoint", run.entrypoint());
        list("cmd", run.cmd());
        list("env", run.env());
        run.user().ifPresent(user -> line("user", user));
        run.workingDir().ifPresent(folder -> line("workdir", folder));
        list("ports", run.exposedPorts());
        list("volumes", run.volumes());
        run.stopSignal().ifPresent(signal -> line("stopsignal", signal));
        run.healthcheck().ifPresent(check -> list("healthcheck", check.test()));
        run.labels().forEach((key, value) -> line("label", key + "=" + value));
        annotations(image.manifest().annotations());
        line("steps", image.config().history().size());
        for (Layer layer : image.layers()) {
            line(
                    "layer",
                    layer.descriptor().digest() + "  "
                            + Sizes.of(layer.descriptor().size()));
        }
        long size = image.layers().stream()
                .mapToLong(layer -> layer.descriptor().size())
                .sum();
        line("size", Sizes.of(size));
    }

    private void list(String name, List<String> values) {
        if (!values.isEmpty()) {
            line(name, String.join(" ", values));
        }
    }

    private void line(String name, Object value) {
        spec.commandLine().getOut().printf("%-11s %s%n", name, value);
    }
}
