package dev.davit.benchmarks.transfer;

import dev.davit.image.OciLayout;
import dev.davit.oci.content.Copier;
import dev.davit.registry.RegistryClient;
import java.nio.file.Path;

/** Davit, as its documentation shows it. */
final class Davit implements Client {
    private final RegistryClient registry;

    Davit(int connectionsPerBlob) {
        this.registry =
                RegistryClient.builder().connectionsPerBlob(connectionsPerBlob).build();
    }

    @Override
    public void pull(String repository, String tag, Path folder) {
        Copier.create().copy(registry.repository(repository), tag, OciLayout.at(folder), tag);
    }

    @Override
    public void push(Path layout, String repository, String tag) {
        Copier.create().copy(OciLayout.open(layout), "latest", registry.repository(repository), tag);
    }

    @Override
    public void copy(String from, String to, String tag) {
        Copier.create().copy(registry.repository(from), tag, registry.repository(to), tag);
    }
}
