package dev.davit.examples.cli;

import dev.davit.image.ImageArchive;
import dev.davit.image.OciLayout;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.Reference;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.Source;
import dev.davit.oci.content.TransferListener;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.ImageIndex;
import dev.davit.registry.RegistryClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        RegistryClient.Builder builder = RegistryClient.builder();
        for (Place place : places) {
            if (plainHttp && place.transport() == Place.Transport.DOCKER) {
                builder.allowPlainHttp(Reference.parse(place.location()).host());
            }
        }
        this.registry = builder.build();
    }

    /**
     * What is at a place.
     *
     * @param source where its content is
     * @param descriptor the manifest or index
     */
    record Content(ContentSource source, Descriptor descriptor) {
        static Content of(Image image) {
            return new Content(image.content(), image.descriptor());
        }

        Image image(Platform platform) {
            return Image.load(source, ImageIndex.select(source, descriptor, platform));
        }
    }

    Content open(Place place) {
        switch (place.transport()) {
            case DOCKER -> {
                Reference reference = Reference.parse(place.location());
                Source repository = registry.repository(reference.toString());
                return new Content(repository, repository.resolve(reference.identifier()));
            }
            case OCI -> {
                Path folder = Path.of(place.location());
                if (!Files.isDirectory(folder)) {
                    throw new IllegalArgumentException("no image layout at " + folder);
                }
                OciLayout layout = OciLayout.at(folder);
                return new Content(layout, place.name().map(layout::resolve).orElseGet(layout::resolveOnly));
            }
            case OCI_ARCHIVE, DOCKER_ARCHIVE -> {
                ImageArchive archive = ImageArchive.open(Path.of(place.location()));
                archives.add(archive);
                return new Content(archive, place.name().map(archive::resolve).orElseGet(archive::resolveOnly));
            }
        }
        throw new AssertionError(place);
    }

    /** {@return the names at a place} */
    List<String> tags(Place place) {
        return switch (place.transport()) {
            case DOCKER ->
                registry.repository(Reference.parse(place.location()).toString())
                        .tags();
            case OCI -> OciLayout.open(Path.of(place.location())).tags();
            case OCI_ARCHIVE, DOCKER_ARCHIVE -> {
                try (ImageArchive archive = ImageArchive.open(Path.of(place.location()))) {
                    yield archive.tags();
                }
            }
        };
    }

    /**
     * Copies to a place.
     *
     * @param content what
     * @param to where
     * @param platform only the image of this platform, or everything if null; {@code docker-archive} holds one image
     * @param listener watches
     * @return descriptor of what is there now
     */
    Descriptor copy(Content content, Place to, @Nullable Platform platform, TransferListener listener) {
        ContentSource source = content.source();
        Descriptor root = content.descriptor();
        if (platform != null) {
            root = ImageIndex.select(source, root, platform);
        }
        Copier copier = Copier.builder().listener(listener).build();
        switch (to.transport()) {
            case DOCKER -> {
                Reference reference = Reference.parse(to.location());
                return copier.copy(source, root, registry.repository(reference.toString()), reference.identifier());
            }
            case OCI -> {
                return copier.copy(
                        source,
                        root,
                        OciLayout.at(Path.of(to.location())),
                        to.name().orElse("latest"));
            }
            case OCI_ARCHIVE -> {
                ImageArchive.writeOci(
                        source, root, Path.of(to.location()), to.name().orElse("latest"));
                return root;
            }
            case DOCKER_ARCHIVE -> {
                Platform wanted = platform == null ? Platform.host() : platform;
                Image image = Image.load(source, ImageIndex.select(source, root, wanted));
                ImageArchive.writeDocker(
                        image, Path.of(to.location()), to.name().orElse("localhost/image:latest"));
                return image.descriptor();
            }
        }
        throw new AssertionError(to);
    }

    @Override
    public void close() {
        archives.forEach(ImageArchive::close);
        registry.close();
    }
}
