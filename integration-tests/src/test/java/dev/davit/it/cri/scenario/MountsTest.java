package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.Mount;
import dev.davit.cri.RunningContainer;
import dev.davit.it.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes visible on the other side when something is mounted below a mount. */
@OnOneVersion
class MountsTest extends Scenario {
    @TempDir
    private Path folder;

    private Path shared;

    /** Whether mounts of the machine are shared differs, and so there has to be one of our own. */
    @BeforeEach
    void share() throws Exception {
        shared = Files.createDirectories(folder.resolve("shared"));
        for (String name : new String[] {"before", "after", "inside"}) {
            Files.createDirectories(shared.resolve(name));
        }
        Command.of("mount", "--bind", shared.toString(), shared.toString()).run();
        Command.of("mount", "--make-shared", shared.toString()).run();
        mount("before");
    }

    @AfterEach
    void unmount() {
        Command.of("umount", "--recursive", shared.toString()).run();
    }

    private void mount(String name) throws Exception {
        Path target = shared.resolve(name);
        Command.of("mount", "-t", "tmpfs", "scenario", target.toString()).run();
        Files.writeString(target.resolve("file"), "of the node");
    }

    private RunningContainer box(Mount.Propagation propagation) {
        return run(lean().privileged())
                .start(idle("box").privileged().mount(Mount.of(shared, "/mnt").propagation(propagation)));
    }

    private static String mountInside(RunningContainer box) {
        return sh(
                box, "mount -t tmpfs scenario /mnt/inside && echo of the container > /mnt/inside/file && echo mounted");
    }

    @Test
    void nothing_unless_it_is_asked_for() throws Exception {
        RunningContainer box = box(Mount.Propagation.PRIVATE);
        mount("after");
        assertThat(sh(box, "cat /mnt/before/file")).isEqualTo("of the node");
        assertThat(sh(box, "ls /mnt/after")).isEmpty();
        assertThat(mountInside(box)).isEqualTo("mounted");
        assertThat(shared.resolve("inside")).isEmptyDirectory();
    }

    @Test
    void what_the_node_mounts_with_one_way() throws Exception {
        RunningContainer box = box(Mount.Propagation.HOST_TO_CONTAINER);
        mount("after");
        assertThat(sh(box, "cat /mnt/before/file /mnt/after/file")).isEqualTo("of the nodeof the node");
        assertThat(mountInside(box)).isEqualTo("mounted");
        assertThat(shared.resolve("inside")).isEmptyDirectory();
    }

    @Test
    void what_both_mount_with_both_ways() throws Exception {
        RunningContainer box = box(Mount.Propagation.BIDIRECTIONAL);
        mount("after");
        assertThat(sh(box, "cat /mnt/before/file /mnt/after/file")).isEqualTo("of the nodeof the node");
        assertThat(mountInside(box)).isEqualTo("mounted");
        assertThat(shared.resolve("inside/file")).hasContent("of the container");
    }

    @Test
    void a_mount_below_one_that_is_read_only_can_be_written_to() {
        RunningContainer box = start(idle("box").readOnlyMount(shared, "/mnt"));
        assertThat(box.exec("touch", "/mnt/x").stderr()).contains("Read-only file system");
        assertThat(box.exec("touch", "/mnt/before/x").exitCode()).isZero();
    }
}
