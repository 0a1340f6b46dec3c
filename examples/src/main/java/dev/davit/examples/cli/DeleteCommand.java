package dev.davit.examples.cli;

import dev.davit.image.OciLayout;
import dev.davit.oci.Reference;
import dev.davit.registry.NotSupportedException;
import dev.davit.registry.RemoteRepository;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "delete",
        description = {
            "Deletes a tag, or what a digest stands for.",
            "A tag goes alone: what it stands for stays, with its other tags."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DeleteCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "docker://NAME:TAG, docker://NAME@DIGEST or oci:DIR:NAME")
    private Place place;

    @ArgGroup
    private @Nullable Way way;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    static final class Way {
        @Option(names = "--manifest", description = "Deletes what the tag stands for, and with it all its other tags.")
        boolean manifest;

        @Option(
                names = "--replace",
                description = "For registries that delete no tags: puts an empty manifest there and deletes that.")
        boolean replace;
    }

    @Override
    public Integer call() {
        switch (place.transport()) {
            case DOCKER -> fromRegistry(Reference.parse(place.location()));
            case OCI -> fromLayout();
            case OCI_ARCHIVE, DOCKER_ARCHIVE -> throw new IllegalArgumentException(place + ": delete the file itself");
        }
        return 0;
    }

    private void fromLayout() {
        if (way != null) {
            throw new IllegalArgumentException(place + ": --manifest and --replace are for registries");
        }
        String name = place.name()
                .orElseThrow(() -> new IllegalArgumentException(place + ": expected a name to delete: oci:DIR:NAME"));
        OciLayout.open(Path.of(place.location())).untag(name);
        deleted("name " + name + " of " + place.location());
    }

    private void fromRegistry(Reference reference) {
        if (!place.isNamed()
                || (reference.tag().isPresent() && reference.digest().isPresent())) {
            throw new IllegalArgumentException(place + ": expected either a tag or a digest to delete, got "
                    + (place.isNamed() ? "both" : "none"));
        }
        try (Places places = new Places(registries.plainHttp, place)) {
            RemoteRepository repository = places.registry().repository(reference.toString());
            if (reference.digest().isPresent() || (way != null && way.manifest)) {
                var descriptor = repository.resolve(reference.identifier());
                repository.delete(descriptor);
                deleted(repository + "@" + descriptor.digest());
            } else {
                untag(repository, reference.identifier());
                deleted("tag " + reference.identifier() + " of " + repository);
            }
        }
    }

    private void untag(RemoteRepository repository, String tag) {
        if (way != null && way.replace) {
            repository.untagByReplacing(tag);
            return;
        }
        try {
            repository.untag(tag);
        } catch (NotSupportedException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; try --replace, or --manifest to delete its other tags, too", e);
        }
    }

    private void deleted(String what) {
        spec.commandLine().getOut().println("deleted " + what);
    }
}
