package dev.davit.it.cri.scenario;

import dev.davit.cri.CriClient;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningPod;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.it.Parts;
import dev.davit.it.cri.Busybox;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdInstance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A containerd for all scenarios of this JVM, because to start one takes seconds; the end of the JVM closes it. */
final class SharedNode {
    /** An image with a shell, whose entry point runs what it gets as a script. */
    static final String IMAGE = "davit.test/box:1";

    private static final MemoryStore STORE = LocalStore.inMemory(64 << 20);
    private static final Map<String, SharedNode> NODES = new HashMap<>();

    private final Path programs;
    private final ContainerdInstance instance;
    private final RunningPod pod;
    private final AtomicInteger attempts = new AtomicInteger();

    private SharedNode(Path programs) {
        this.programs = programs;
        this.instance = ContainerdInstance.builder().programs(programs).start();
        cri().containerd().load(box(), IMAGE);
        this.pod = cri().pods().run(PodSpec.named("shared").hostNetwork());
    }

    /**
     * Starts it unless it runs; skips the calling test if a part is missing.
     *
     * @param version major and minor number of containerd
     */
    static synchronized SharedNode of(String version) {
        SharedNode node = NODES.get(version);
        if (node == null) {
            node = new SharedNode(Parts.containerd(version));
            NODES.put(version, node);
        }
        return node;
    }

    CriClient cri() {
        return instance.client();
    }

    /** {@return a pod with the network of the node, for all scenarios to which it does not matter} */
    RunningPod pod() {
        return pod;
    }

    /** {@return a number that no container in the shared pod has yet, whatever its name} */
    int nextAttempt() {
        return attempts.incrementAndGet();
    }

    /** {@return an image with the shell that this machine's busybox has, and with users} */
    static synchronized Image box() {
        return Busybox.build(STORE);
    }

    /** Builds an image on the one with the shell, and gives it to containerd. */
    void load(String name, ImageBuilder image) {
        cri().containerd().load(image.build(STORE), name);
    }

    /** {@return a layer with one file, readable by everybody} */
    static LayerSpec layer(String path, String content) {
        return LayerSpec.named(path).file(path, content.getBytes(StandardCharsets.UTF_8), 0644);
    }

    /** {@return where the programs of this version of containerd are} */
    Path programs() {
        return programs;
    }

    /** {@return the path of the socket} */
    String socket() {
        return instance.endpoint().substring("unix://".length());
    }
}
