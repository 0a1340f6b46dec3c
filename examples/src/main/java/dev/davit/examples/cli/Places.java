package dev.davit.examples.cli;

import dev.davit.examples.cli.Place.Transport;
import dev.davit.image.ArchiveSpec;
import dev.davit.image.ImageArchive;
import dev.davit.image.OciLayout;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.Reference;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.Repository;
import dev.davit.oci.content.Source;
import dev.davit.oci.content.Target;
import dev.davit.oci.content.TransferListener;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.ImageIndex;
import dev.davit.registry.RegistryClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens the places of one command line, and closes what it opened. */
final class Places implements AutoCloseable {
    private final RegistryClient registry;
    private final List<ImageArchive> archives = new ArrayList<>();

    /**
     * Gets ready.
     *
     * @param plainHttp whether every registry among the places may be spoken to without TLS
     * @param places all places of the command line
     */
    Places(boolean plainHttp, Place... places) {
        RegistryClient.Builder builder = RegistryClient.builder().conventions();
        for (Place place : places) {
            if (plainHttp && place.transport() == Transport.DOCKER) {
                builder.allowPlainHttp(Reference.parse(place.location()).host());
            }
        }
        this.registry = builder.build();
    }

    /**
     * What is at a place.
     *
     * @param <S> what can be asked of the source
     * @param source where its content is
     * @param descriptor the manifest or index
     */
    record Content<S extends ContentSource>(S source, Descriptor descriptor) {
        static Content<ContentSource> of(Image image) {
            return new Content<>(image.content(), image.descriptor());
        }

        Image image(Platform platform) {
            return Image.load(source, ImageIndex.select(source, descriptor, platform));
        }
    }

    Content<Source> open(Place place) {
        switch (place.transport()) {
            case DOCKER -> {
                Reference reference = Reference.parse(place.location());
                Source repository = registry.repository(reference.toString());
                return new Content<>(repository, repository.resolve(reference.identifier()));
            }
            case OCI -> {
                Path folder = Path.of(place.location());
                if (!Files.isDirectory(folder)) {
                    throw new IllegalArgumentException("no image layout at " + folder);
                }
                OciLayout layout = OciLayout.at(folder);
                return new Content<>(layout, place.name().map(layout::resolve).orElseGet(layout::resolveOnly));
            }
            case OCI_ARCHIVE, DOCKER_ARCHIVE -> {
                ImageArchive archive = opened(place);
                return new Content<>(archive, place.name().map(archive::resolve).orElseGet(archive::resolveOnly));
            }
        }
        throw new AssertionError(place);
    }

    /** {@return what a place is in} */
    Source source(Place place) {
        return place.isArchive() ? opened(place) : repository(place);
    }

    private ImageArchive opened(Place place) {
        ImageArchive archive = archive(place);
        archives.add(archive);
        return archive;
    }

    /** {@return the names at a place} */
    List<String> tags(Place place) {
        return source(place).tags();
    }

    /** {@return what a place is in, which is there already if it is a layout, and can be changed} */
    Repository repository(Place place) {
        return switch (place.transport()) {
            case DOCKER -> registry.repository(Reference.parse(place.location()).toString());
            case OCI -> OciLayout.open(Path.of(place.location()));
            case OCI_ARCHIVE, DOCKER_ARCHIVE ->
                throw new IllegalArgumentException(
                        place + ": an archive cannot be changed; copy it to a layout or a registry");
        };
    }

    /** {@return the client for what only registries can do} */
    RegistryClient registry() {
        return registry;
    }

    private static ImageArchive archive(Place place) {
        return place.isStream() ? ImageArchive.read(System.in) : ImageArchive.open(Path.of(place.location()));
    }

    /** Copies to a place under its own name alone. */
    Descriptor copy(Content<?> content, Place to, @Nullable Platform platform, TransferListener listener) {
        return copy(content, to, List.of(), platform, copier(listener));
    }

    static Copier copier(TransferListener listener) {
        return Copier.builder().listener(listener).build();
    }

    /**
     * Copies to a place.
     *
     * @param content what
     * @param to where
     * @param names more names for it there
     * @param platform only the image of this platform, or everything if null; {@code docker-archive} holds one image
     * @param copier how, unless it goes to an archive
     * @return descriptor of what is there now
     */
    Descriptor copy(Content<?> content, Place to, List<String> names, @Nullable Platform platform, Copier copier) {
        ContentSource source = content.source();
        Descriptor root = content.descriptor();
        Transport transport = to.transport();
        if (platform != null || transport == Transport.DOCKER_ARCHIVE) {
            root = ImageIndex.select(source, root, platform == null ? Platform.host() : platform);
        }
        switch (transport) {
            case DOCKER -> {
                Reference reference = Reference.parse(to.location());
                copy(copier, source, root, registry.repository(reference.toString()), reference.identifier(), names);
            }
            case OCI -> {
                OciLayout layout = OciLayout.at(Path.of(to.location()));
                copy(copier, source, root, layout, to.name().orElse("latest"), names);
            }
            case OCI_ARCHIVE -> {
                ArchiveSpec spec =
                        ArchiveSpec.empty().add(source, root, all(to.name().orElse("latest"), names));
                if (to.isStream()) {
                    spec.writeOci(System.out);
                } else {
                    spec.writeOci(Path.of(to.location()));
                }
            }
            case DOCKER_ARCHIVE -> {
                String name = to.name().orElse("localhost/image:latest");
                ArchiveSpec spec = ArchiveSpec.empty().add(source, root, all(name, names));
                if (to.isStream()) {
                    spec.writeDocker(System.out);
                } else {
                    spec.writeDocker(Path.of(to.location()));
                }
            }
        }
        return root;
    }

    private static void copy(
            Copier copier, ContentSource source, Descriptor root, Target target, String name, List<String> names) {
        copier.copy(source, root, target, name);
        names.forEach(more -> target.tag(root, more));
    }

    private static String[] all(String name, List<String> names) {
        return Stream.concat(Stream.of(name), names.stream()).toArray(String[]::new);
    }

    @Override
    public void close() {
        archives.forEach(ImageArchive::close);
        registry.close();
    }
}
