package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.ContainerdImage;
import dev.davit.cri.ContainerdStore;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.NodeImage;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.image.ImageBuilder;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdInstance;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that come to containerd and go from it without a registry. */
@ParameterizedClass(name = "containerd {0}")
@ValueSource(strings = {"1.6", "1.7", "2.1"})
@Timeout(60)
class ContainerdImagesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static Path programs;
    private static MemoryStore store;
    private static Image busybox;
    private static ContainerdInstance node;
    private static CriClient cri;

    @Parameter
    private String version;

    @BeforeParameterizedClassInvocation
    static void start(String version) {
        programs = Parts.containerd(version);
        store = LocalStore.inMemory(64 << 20);
        busybox = Busybox.build(store);
        node = ContainerdInstance.builder().programs(programs).start();
        cri = node.client();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (node != null) {
            node.close();
        }
        node = null;
    }

    @Test
    void runs_an_image_that_was_never_in_a_registry(@TempDir Path folder) {
        String name = "example.org/acme/web:1";
        NodeImage loaded = cri.containerd().load(busybox, name);
        assertThat(loaded.id()).isEqualTo(busybox.id().toString());
        assertThat(cri.images().list()).contains(loaded);
        collectGarbage();
        try (RunningPod pod = cri.pods().run(PodSpec.named("greeter"))) {
            RunningContainer web = pod.start(ContainerSpec.of("web", name));
            assertThat(web.waitForExit(SOON)).isZero();
            assertThat(web.logs()).extracting(LogLine::text).containsExactly("hello, world");
        }
        OciLayout layout = OciLayout.at(folder.resolve("layout"));
        Descriptor exported = cri.containerd().export(name, layout, "1", Copier.create());
        assertThat(exported.digest()).isEqualTo(busybox.digest());
        assertThat(layout.verify().isValid()).isTrue();
        assertThat(ctr("images", "ls"))
                .contains(name + " ")
                .contains(busybox.digest().toString());
    }

    @Test
    void a_container_brings_its_image_along() {
        Image own = ImageBuilder.from(busybox)
                .config(config -> config.cmd("echo my own"))
                .build(store);
        try (RunningPod pod = cri.pods().run(PodSpec.named("bringer"))) {
            for (String name : List.of("first", "second")) {
                RunningContainer container = pod.start(ContainerSpec.of(name, own));
                assertThat(container.waitForExit(SOON)).isZero();
                assertThat(container.logs()).extracting(LogLine::text).containsExactly("my own");
            }
        }
        cri.images().remove(own.id().toString());
    }

    /** Puts something that gets no name, which makes containerd look for all that is garbage, and wait for it. */
    private static void collectGarbage() {
        MemoryStore ours = LocalStore.inMemory(1000);
        Descriptor junk = ours.ingest(MediaType.OCI_LAYER, new ByteArrayInputStream(new byte[] {1, 2, 3}));
        try (ContainerdStore containerd = cri.containerd().open()) {
            containerd.put(ours.blob(junk));
        }
        assertThat(ctr("content", "ls", "-q")).doesNotContain(junk.digest().toString());
    }

    @Test
    void gives_and_takes_names_one_by_one() {
        cri.containerd().load(busybox, "example.org/named:1");
        cri.containerd().tag("example.org/named:1", "example.org/named:2");
        assertThat(names()).contains("example.org/named:1", "example.org/named:2");
        cri.containerd().untag("example.org/named:1");
        assertThat(names()).contains("example.org/named:2").doesNotContain("example.org/named:1");
        assertThatThrownBy(() -> cri.containerd().untag("example.org/named:1")).isInstanceOf(NotFoundException.class);
        assertThat(ctr("images", "ls", "-q")).contains("example.org/named:2").doesNotContain("example.org/named:1");
    }

    @Test
    void refuses_content_with_another_digest() {
        byte[] promised = "what was promised".getBytes(StandardCharsets.UTF_8);
        byte[] delivered = "what is delivered".getBytes(StandardCharsets.UTF_8);
        Descriptor descriptor = Descriptor.of(MediaType.OCI_LAYER, promised);
        Blob lie = new Blob() {
            @Override
            public Descriptor descriptor() {
                return descriptor;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(delivered);
            }

            @Override
            public InputStream openRange(long from, long length) {
                throw new UnsupportedOperationException();
            }
        };
        try (ContainerdStore containerd = cri.containerd().open()) {
            assertThatThrownBy(() -> containerd.put(lie)).isInstanceOf(IntegrityException.class);
            assertThatThrownBy(() -> containerd.blob(descriptor).open()).isInstanceOf(NotFoundException.class);
        }
        assertThat(ctr("content", "active")).doesNotContain("davit-");
    }

    @Test
    void keeps_what_has_no_name_only_as_long_as_the_lease() {
        byte[] bytes = ("half an import of " + version).getBytes(StandardCharsets.UTF_8);
        Descriptor layer;
        try (ContainerdStore containerd = cri.containerd().open()) {
            MemoryStore ours = LocalStore.inMemory(1000);
            layer = ours.ingest(MediaType.OCI_LAYER, new ByteArrayInputStream(bytes));
            assertThat(containerd.put(ours.blob(layer))).isEqualTo(Outcome.COPIED);
            assertThat(containerd.put(ours.blob(layer))).isEqualTo(Outcome.EXISTED);
            assertThat(containerd.fetch(layer)).isEqualTo(bytes);
            assertThat(ctr("leases", "ls")).contains("davit-");
        }
        assertThat(ctr("content", "ls", "-q")).doesNotContain(layer.digest().toString());
        assertThat(ctr("leases", "ls")).doesNotContain("davit-");
    }

    private static List<String> names() {
        return cri.containerd().list().stream().map(ContainerdImage::name).toList();
    }

    private static String ctr(String... arguments) {
        String socket = node.endpoint().substring("unix://".length());
        return Command.at(programs.resolve("ctr"), "-a", socket, "-n", "k8s.io")
                .with(arguments)
                .run();
    }
}
