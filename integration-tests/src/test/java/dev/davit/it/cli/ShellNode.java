package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Parts;
import dev.davit.it.cli.Shell.Result;
import dev.davit.testkit.ContainerdInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A containerd with an image of a shell, and files as crictl takes them. */
final class ShellNode implements AutoCloseable {
    private static final String IMAGE = "example.org/acme/shell:1";

    private final Path work;
    private final ContainerdInstance containerd;

    private ShellNode(Path work, ContainerdInstance containerd) {
        this.work = work;
        this.containerd = containerd;
    }

    static ShellNode start(Path work) {
        Path programs = Parts.containerd("2.1");
        Parts.require("busybox");
        ShellNode node = new ShellNode(
                work, ContainerdInstance.builder().programs(programs).start());
        String image = "oci:" + work.resolve("layout") + ":1";
        davit("build", "--layer=/bin/busybox=/bin/sh", "--entrypoint=/bin/sh", "--entrypoint=-c", "-t", image);
        node.ok("import", image, IMAGE);
        return node;
    }

    List<String> arguments(String... args) {
        List<String> all = new ArrayList<>(List.of("cri", "--endpoint", containerd.endpoint()));
        all.addAll(List.of(args));
        return all;
    }

    Result cri(String... args) {
        return davit(arguments(args).toArray(String[]::new));
    }

    /** {@return what a command prints that must not fail} */
    String ok(String... args) {
        Result result = cri(args);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out();
    }

    String podFile(String name) throws IOException {
        return file(name + ".json", """
                {
                \t"metadata": {"name": "%s", "namespace": "shop", "attempt": 1},
                \t"log_directory": "%s",
                \t"labels": {"app": "web"},
                \t"linux": {"security_context": {"namespace_options": {"network": 2}}}
                }
                """.formatted(name, work.resolve("logs-" + name)));
    }

    String containerFile(String name, String script) throws IOException {
        return file(name + "-container.yaml", """
                # as crictl takes it
                metadata:
                  name: %s
                image:
                  image: %s
                args: ['%s']
                log_path: web/0.log
                stdin: true
                """.formatted(name, IMAGE, script));
    }

    /** {@return the ID of a container that runs a script, in a pod of its own} */
    String running(String name, String script) throws IOException {
        return ok("run", containerFile(name, script), podFile(name)).strip();
    }

    String file(String name, String text) throws IOException {
        return Files.writeString(work.resolve(name), text).toString();
    }

    void removePods() {
        cri("rmp", "-fa");
    }

    @Override
    public void close() {
        containerd.close();
    }
}
