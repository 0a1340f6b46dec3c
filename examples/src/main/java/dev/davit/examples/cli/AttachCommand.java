package dev.davit.examples.cli;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.Repository;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.ImageIndex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "attach",
        description =
                "Puts files beside an image as an artifact that refers to it; the same files twice are one artifact.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class AttachCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PLACE", description = "The place of the image or index.")
    private Place place;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "The files.")
    private List<Path> files;

    @Option(
            names = "--type",
            required = true,
            paramLabel = "T",
            description = "What the artifact is, such as application/spdx+json.")
    private String type;

    @Option(
            names = "--media-type",
            paramLabel = "T",
            defaultValue = "application/octet-stream",
            description = "What the files are (default: ${DEFAULT-VALUE}).")
    private String mediaType;

    @Option(names = "--annotation", paramLabel = "K=V", description = "An annotation of the artifact. May be repeated.")
    private Map<String, String> annotations = Map.of();

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Refers to the image of this platform instead of the index.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        files.forEach(AttachCommand::requireFile);
        try (Places places = new Places(registries.plainHttp, place);
                TemporaryStore staging = LocalStore.temporary();
                Progress progress = Progress.on(spec.commandLine().getErr())) {
            Repository repository = places.repository(place);
            var content = places.open(place);
            Descriptor subject = platform == null
                    ? content.descriptor()
                    : ImageIndex.select(content.source(), content.descriptor(), platform);
            Descriptor artifact = artifact(subject, staging);
            Copier.builder().listener(progress).build().copy(staging, artifact, repository);
            spec.commandLine().getOut().println(artifact.digest());
            return 0;
        }
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    file + (Files.exists(file) ? ": expected a file, got something else" : ": no such file"));
        }
    }

    private Descriptor artifact(Descriptor subject, TemporaryStore staging) throws IOException {
        Manifest.Builder manifest = Manifest.builder(
                        staging.ingest(MediaType.OCI_EMPTY, new ByteArrayInputStream(new byte[] {'{', '}'})))
                .artifactType(type)
                .annotations(annotations)
                .subject(Descriptor.of(subject.mediaType(), subject.digest(), subject.size()));
        for (Path file : files) {
            manifest.addLayer(layer(file, staging));
        }
        return staging.ingest(
                MediaType.OCI_MANIFEST,
                new ByteArrayInputStream(manifest.build().toBytes()));
    }

    private Descriptor layer(Path file, TemporaryStore staging) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return staging.ingest(new MediaType(mediaType), in).toBuilder()
                    .annotations(Map.of(
                            Annotations.TITLE,
                            file.toAbsolutePath().getFileName().toString()))
                    .build();
        }
    }
}
