package dev.davit.examples.cli;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.oci.ExecutionConfig;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "build",
        description = {
            "Builds an image from files.",
            "Options that take a list take one argument each and are repeated: --cmd --port --cmd 8080"
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BuildCommand implements Callable<Integer> {
    @Option(names = "--from", paramLabel = "PLACE", description = "The image to build on; without it, from nothing.")
    private @Nullable Place from;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "The platform of the image; this machine's without it.")
    private @Nullable Platform platform;

    @Option(
            names = "--layer",
            paramLabel = "SRC=DEST",
            description = "Adds a layer: a file, or a folder with all in it, and where it goes in the image.")
    private List<String> layers = List.of();

    @Option(names = "--entrypoint", paramLabel = "ARG", description = "The command that is always run.")
    private List<String> entrypoint = List.of();

    @Option(names = "--cmd", paramLabel = "ARG", description = "Its default arguments.")
    private List<String> cmd = List.of();

    @Option(names = "--env", paramLabel = "K=V", description = "An environment variable.")
    private List<String> env = List.of();

    @Option(names = "--user", paramLabel = "U", description = "The user it runs as.")
    private @Nullable String user;

    @Option(names = "--workdir", paramLabel = "D", description = "The working directory.")
    private @Nullable String workdir;

    @Option(
            names = "--compression",
            paramLabel = "KIND[:LEVEL]",
            description = "How added layers are compressed: none, gzip, zstd; gzip without it. As in gzip:9.")
    private String compression = "gzip";

    @Option(names = "-t", paramLabel = "PLACE", required = true, description = "Where the image goes.")
    private Place to;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Place[] involved = from == null ? new Place[] {to} : new Place[] {from, to};
        try (Places places = new Places(registries.plainHttp, involved);
                TemporaryStore staging = LocalStore.temporary();
                Progress progress = Progress.on(spec.commandLine().getErr())) {
            Platform wanted = platform == null ? Platform.host() : platform;
            ImageBuilder builder = from == null
                    ? ImageBuilder.scratch(wanted)
                    : ImageBuilder.from(places.open(from).image(wanted));
            CompressionLevel how = CompressionLevel.parse(compression);
            builder.compression(how.kind(), how.level());
            for (String layer : layers) {
                builder = builder.layer(layer(layer));
            }
            Image image = builder.config(this::configure).build(staging);
            places.copy(Places.Content.of(image), to, null, progress);
            to.result(spec.commandLine()).println(image.digest());
            return 0;
        }
    }

    private void configure(ExecutionConfig.Builder config) {
        if (!entrypoint.isEmpty()) {
            config.entrypoint(entrypoint.toArray(String[]::new));
        }
        if (!cmd.isEmpty()) {
            config.cmd(cmd.toArray(String[]::new));
        }
        for (String variable : env) {
            int equals = split(variable, "--env", "K=V");
            config.env(variable.substring(0, equals), variable.substring(equals + 1));
        }
        if (user != null) {
            config.user(user);
        }
        if (workdir != null) {
            config.workingDir(workdir);
        }
    }

    private static LayerSpec layer(String text) {
        int equals = split(text, "--layer", "SRC=DEST");
        Path source = Path.of(text.substring(0, equals));
        String target = text.substring(equals + 1);
        LayerSpec spec = LayerSpec.named(text);
        if (Files.isDirectory(source)) {
            return spec.directory(target, source);
        }
        if (Files.isRegularFile(source)) {
            return spec.file(target, source, Files.isExecutable(source) ? 0755 : 0644);
        }
        throw new IllegalArgumentException("--layer: no file or folder at " + source);
    }

    private static int split(String text, String option, String form) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(option + ": expected " + form + ", got \"" + text + "\"");
        }
        return equals;
    }
}
