package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.LayoutReport;
import dev.davit.image.OciLayout;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes at one layout, some of which die in the middle of what they do. */
class LayoutProcessesTest {
    private static final Platform PLATFORM = Platform.LINUX_AMD64;

    @TempDir
    Path folder;

    private OciLayout source;
    private Path target;

    @BeforeEach
    void image() {
        source = OciLayout.at(folder.resolve("source"));
        target = folder.resolve("target");
        Random random = new Random(7);
        ImageBuilder image = ImageBuilder.scratch(PLATFORM);
        for (int i = 0; i < 5; i++) {
            byte[] noise = new byte[300_000];
            random.nextBytes(noise);
            image = image.layer(LayerSpec.named("" + i).file("/" + i, noise, 0644));
        }
        source.tag(image.build(source).descriptor(), "image");
    }

    @Test
    void two_processes_that_tag_at_once_lose_no_name() throws Exception {
        tagAtOnce(100);
    }

    @Test
    @Tag("soak")
    void two_processes_that_tag_for_long_lose_no_name() throws Exception {
        tagAtOnce(1000);
    }

    private void tagAtOnce(int names) throws Exception {
        List<Process> processes = new ArrayList<>();
        try {
            for (String prefix : List.of("a", "b")) {
                processes.add(start("tag", prefix, Integer.toString(names)));
            }
            for (Process process : processes) {
                assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
                assertThat(process.exitValue()).isZero();
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        assertThat(OciLayout.open(target).tags()).hasSize(2 * names);
        assertThat(OciLayout.open(target).verify().findings()).isEmpty();
    }

    @Test
    void a_copy_that_is_killed_leaves_a_layout_in_which_nothing_is_wrong() throws Exception {
        kill(20);
    }

    @Test
    @Tag("soak")
    void copies_that_are_killed_for_long_leave_a_layout_in_which_nothing_is_wrong() throws Exception {
        kill(1000);
    }

    /** The process copies, tags, untags and collects in turn until it is killed. */
    private void kill(int times) throws Exception {
        Random random = new Random(times);
        for (int i = 0; i < times; i++) {
            Process process = start("churn", Integer.toString(i));
            try {
                while (!Files.exists(target.resolveSibling("started-" + i))) {
                    assertThat(process.isAlive()).isTrue();
                    Thread.sleep(10);
                }
                Thread.sleep(random.nextInt(400));
                assertThat(process.isAlive())
                        .as("it goes on until it is killed")
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            process.waitFor();
            OciLayout layout = OciLayout.open(target);
            LayoutReport report = layout.verify();
            assertThat(report.findings()).as("after kill " + i).isEmpty();
            for (String name : layout.tags()) {
                assertThat(Image.load(layout, name, PLATFORM).layers()).hasSize(5);
            }
        }
        OciLayout.open(target).collectGarbage(Duration.ZERO);
        try (var left = Files.list(target.resolve(".davit"))) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("holder", "lock");
        }
    }

    private Process start(String... what) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                source.folder().toString(),
                target.toString()));
        command.addAll(List.of(what));
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** One of the processes. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            OciLayout source = OciLayout.open(Path.of(args[0]));
            OciLayout target = OciLayout.at(Path.of(args[1]));
            if (args[2].equals("tag")) {
                Copier.create().copy(source, "image", target, args[3]);
                Image image = Image.load(target, args[3], PLATFORM);
                for (int i = 1; i < Integer.parseInt(args[4]); i++) {
                    target.tag(image.descriptor(), args[3] + i);
                }
                return;
            }
            Files.createFile(target.folder().resolveSibling("started-" + args[3]));
            for (int i = 0; ; i++) {
                String name = args[3] + "-" + i;
                Copier.create().copy(source, "image", target, name);
                target.tag(target.resolve(name), "kept");
                target.untag(name);
                if (i % 3 == 2) {
                    target.untag("kept");
                    target.collectGarbage(Duration.ZERO);
                }
            }
        }
    }
}
