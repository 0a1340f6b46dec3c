package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriException;
import dev.davit.cri.IdMapping;
import dev.davit.cri.Mount;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RuntimeStatus;
import dev.davit.image.ImageBuilder;
import dev.davit.it.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only newer versions of containerd can do; older ones are not asked, because they would leave it out in silence. */
@OnEachVersion
class FeaturesTest extends Scenario {
    @TempDir
    private Path folder;

    private boolean handler(Predicate<RuntimeStatus.Handler> can) {
        return cri.runtime().status().handlers().stream().anyMatch(can);
    }

    private static void assertUnknown(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.UNIMPLEMENTED));
    }

    @Test
    void mounts_are_read_only_all_the_way_down_since_2_0() throws Exception {
        Path below = Files.createDirectories(folder.resolve("mount/below"));
        Command.of("mount", "-t", "tmpfs", "scenario", below.toString()).run();
        try {
            ContainerSpec spec =
                    idle("box").mount(Mount.of(folder.resolve("mount"), "/mnt").recursivelyReadOnly());
            assertThat(handler(RuntimeStatus.Handler::recursiveReadOnlyMounts)).isEqualTo(since("2.0"));
            if (since("2.0")) {
                RunningContainer box = start(spec);
                assertThat(box.exec("touch", "/mnt/x").stderr()).contains("Read-only file system");
                assertThat(box.exec("touch", "/mnt/below/x").stderr()).contains("Read-only file system");
                box.remove();
            } else {
                assertUnknown(() -> start(spec));
            }
        } finally {
            Command.of("umount", below.toString()).run();
        }
    }

    @Test
    void a_mount_that_is_read_only_all_the_way_down_shows_nothing_new_since_2_0() {
        ContainerSpec spec = idle("box")
                .mount(Mount.of(folder, "/mnt").recursivelyReadOnly().propagation(Mount.Propagation.HOST_TO_CONTAINER));
        assertThatThrownBy(() -> start(spec)).isInstanceOf(CriException.class);
    }

    @Test
    void images_are_volumes_since_2_1() {
        node.load(
                "davit.test/volume:1",
                ImageBuilder.from(SharedNode.box()).layer(SharedNode.layer("/data/file", "of an image")));
        ContainerSpec spec = idle("box").mount(Mount.ofImage("davit.test/volume:1", "/mnt"));
        if (since("2.1")) {
            RunningContainer box = start(spec);
            assertThat(box.exec("cat", "/mnt/data/file").stdout()).isEqualTo("of an image");
            assertThat(box.exec("touch", "/mnt/data/x").stderr()).contains("Read-only file system");
            cri.images().remove("davit.test/volume:1");
            assertThat(box.exec("cat", "/mnt/data/file").stdout()).isEqualTo("of an image");
        } else {
            assertThatThrownBy(() -> start(spec)).isInstanceOf(CriException.class);
        }
    }

    @Test
    void groups_that_the_image_adds_are_left_out_since_2_0() {
        node.load(
                "davit.test/groups:1",
                ImageBuilder.from(SharedNode.box())
                        .layer(SharedNode.layer("/etc/group", "root:x:0:\nuser:x:1000:\nmore:x:50000:user\n")));
        ContainerSpec spec = ContainerSpec.of("box", "davit.test/groups:1")
                .args("id -G")
                .user(1000, 1000)
                .supplementalGroups(60000);
        assertThat(output(spec)).isEqualTo("1000 50000 60000");
        if (since("2.0")) {
            RunningContainer strict = start(spec.strictSupplementalGroups());
            assertThat(output(strict)).isEqualTo("1000 60000");
            assertThat(strict.status().userAndGroups()).containsExactly(1000L, 1000L, 1000L, 60000L);
        } else {
            assertUnknown(() -> start(spec.strictSupplementalGroups()));
        }
    }

    @Test
    void pods_have_users_of_their_own_where_the_handler_says_so() {
        List<IdMapping> mapping = List.of(new IdMapping(100_000, 0, 65_536));
        PodSpec spec = PodSpec.named("mapped").userNamespace(mapping, mapping);
        if (handler(RuntimeStatus.Handler::userNamespaces)) {
            assertThat(output(run(spec).start(shell("id -u; cat /proc/self/uid_map | xargs"))))
                    .isEqualTo("0\n0 100000 65536");
        } else {
            assertUnknown(() -> run(spec));
        }
    }
}
