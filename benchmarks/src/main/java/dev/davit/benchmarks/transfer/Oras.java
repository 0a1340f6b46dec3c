package dev.davit.benchmarks.transfer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import land.oras.ContainerRef;
import land.oras.CopyUtils;
import land.oras.LayoutRef;
import land.oras.OCILayout;
import land.oras.Registry;

/** oras-java, three blobs at a time like the others. */
final class Oras implements Client {
    private final Map<String, Registry> registries = new ConcurrentHashMap<>();

    private Registry registry(String repository) {
        return registries.computeIfAbsent(
                repository.substring(0, repository.indexOf('/')),
                host -> Registry.builder().insecure(host).withParallelism(3).build());
    }

    private static OCILayout layout(Path folder) {
        return OCILayout.builder().defaults(folder).build();
    }

    @Override
    public void pull(String repository, String tag, Path folder) throws Exception {
        // several of its threads make this folder at once, and all but one fail
        Files.createDirectories(folder.resolve("blobs/sha256"));
        OCILayout layout = layout(folder);
        CopyUtils.copy(
                registry(repository),
                ContainerRef.parse(repository + ":" + tag),
                layout,
                LayoutRef.of(layout, tag),
                CopyUtils.CopyOptions.shallow());
    }

    @Override
    public void push(Path from, String repository, String tag) {
        OCILayout layout = layout(from);
        CopyUtils.copy(
                layout,
                LayoutRef.of(layout, "latest"),
                registry(repository),
                ContainerRef.parse(repository + ":" + tag),
                CopyUtils.CopyOptions.shallow());
    }

    @Override
    public void copy(String from, String to, String tag) {
        CopyUtils.copy(
                registry(from),
                ContainerRef.parse(from + ":" + tag),
                registry(to),
                ContainerRef.parse(to + ":" + tag),
                CopyUtils.CopyOptions.shallow());
    }
}
