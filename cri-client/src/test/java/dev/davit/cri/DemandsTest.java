package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.raw.RuntimeFeatures;
import dev.davit.cri.raw.RuntimeHandler;
import dev.davit.cri.raw.RuntimeHandlerFeatures;
import dev.davit.cri.raw.StatusResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a runtime has to be able to do, because it would be left out without a word. */
class DemandsTest {
    private static final List<IdMapping> MAPPING = List.of(new IdMapping(100_000, 0, 65_536));
    private static final ContainerSpec PROTECTED = ContainerSpec.of("web", "busybox")
            .mount(Mount.of(Path.of("/srv"), "/srv").recursivelyReadOnly());

    private final FakeServices services = new FakeServices();
    private FakeRuntime runtime;
    private CriClient cri;

    @TempDir
    private Path logs;

    @BeforeEach
    void connect() throws IOException {
        services.images.add("busybox");
        runtime = FakeRuntime.serving(services.all());
        cri = CriClient.builder()
                .endpoint(runtime.endpoint())
                .logDirectory(logs)
                .connect();
    }

    @AfterEach
    void close() throws IOException {
        cri.close();
        runtime.close();
    }

    @Test
    void an_old_runtime_gets_no_pod_and_no_container_that_it_would_protect_less_than_they_ask() {
        assertRefused(
                () -> cri.pods().run(PodSpec.named("mapped").userNamespace(MAPPING, MAPPING)),
                "cannot run pod default/mapped: this runtime does not have user namespaces");
        assertRefused(
                () -> cri.pods().run(PodSpec.named("strict").strictSupplementalGroups()),
                "cannot run pod default/strict: this runtime does not have a policy for supplemental groups");
        assertThat(services.count("run")).isZero();
        RunningPod pod = cri.pods().run(PodSpec.named("plain"));
        assertRefused(
                () -> pod.start(PROTECTED),
                "cannot create container web in pod plain: this runtime does not have mounts that are read-only all the way"
                        + " down");
        assertRefused(
                () -> pod.start(ContainerSpec.of("web", "busybox").strictSupplementalGroups()),
                "cannot create container web in pod plain: this runtime does not have a policy for supplemental groups");
        assertThat(services.containers).isEmpty();
        assertThat(logs).isNotEmptyDirectory();
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.UNIMPLEMENTED))
                .hasMessage(message);
    }

    @Test
    void one_that_says_it_can_gets_them() {
        services.status = StatusResponse.newBuilder()
                .addRuntimeHandlers(RuntimeHandler.newBuilder()
                        .setFeatures(RuntimeHandlerFeatures.newBuilder()
                                .setRecursiveReadOnlyMounts(true)
                                .setUserNamespaces(true)))
                .setFeatures(RuntimeFeatures.newBuilder().setSupplementalGroupsPolicy(true))
                .build();
        RunningPod pod = cri.pods()
                .run(PodSpec.named("mapped").userNamespace(MAPPING, MAPPING).strictSupplementalGroups());
        pod.start(PROTECTED.strictSupplementalGroups());
        assertThat(services.containers).hasSize(1);
    }

    @Test
    void what_another_handler_can_do_does_not_count() {
        services.status = StatusResponse.newBuilder()
                .addRuntimeHandlers(RuntimeHandler.newBuilder().setName("plain"))
                .addRuntimeHandlers(RuntimeHandler.newBuilder()
                        .setName("kata")
                        .setFeatures(RuntimeHandlerFeatures.newBuilder().setUserNamespaces(true)))
                .build();
        PodSpec spec = PodSpec.named("mapped").userNamespace(MAPPING, MAPPING);
        cri.pods().run(spec.runtimeHandler("kata"));
        assertThatThrownBy(() -> cri.pods().run(spec.runtimeHandler("plain"))).isInstanceOf(CriException.class);
    }

    @Test
    void who_asks_for_nothing_special_costs_no_further_question() {
        cri.pods().run(PodSpec.named("plain")).start(ContainerSpec.of("web", "busybox"));
        assertThat(services.count("status")).isZero();
    }

    @Test
    void an_image_that_is_mounted_and_missing_is_not_found() {
        RunningPod pod = cri.pods().run(PodSpec.named("plain"));
        services.failIn("create web", io.grpc.Status.NOT_FOUND.withDescription("not found"));
        assertThatThrownBy(
                        () -> pod.start(ContainerSpec.of("web", "busybox").mount(Mount.ofImage("missing:1", "/data"))))
                .isInstanceOfSatisfying(
                        ImageNotFoundException.class, e -> assertThat(e.image()).isEqualTo("missing:1"));
    }
}
