package dev.davit.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.cli.Shell.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that take the files of crictl. */
class CriFileCommandsTest {
    @TempDir
    private static Path work;

    private static ShellNode node;

    @BeforeAll
    static void start_containerd_and_build_an_image() {
        node = ShellNode.start(work);
    }

    @AfterAll
    static void stop_containerd() {
        if (node != null) {
            node.close();
        }
    }

    @AfterEach
    void remove_all_pods() {
        node.removePods();
    }

    @Test
    void pods_and_containers_come_from_the_files_of_crictl() throws IOException {
        String pod = node.ok("runp", node.podFile("web")).strip();
        assertThat(node.ok("pods", "--label", "app=web")).contains("web", "shop", pod.substring(0, 13));

        String file = node.containerFile("web", "echo started; exec sleep 1000");
        String container = node.ok("create", pod.substring(0, 8), file, node.podFile("web"))
                .strip();
        assertThat(node.ok("ps", "-a", "--state", "created", "-q")).isEqualTo(container + "\n");
        assertThat(node.ok("start", container.substring(0, 8))).isEqualTo(container + "\n");
        assertThat(node.ok("ps", "-q")).isEqualTo(container + "\n");
        assertThat(work.resolve("logs-web/web/0.log")).exists();
    }

    @Test
    void a_log_goes_with_its_container_unless_it_is_to_be_kept() throws IOException {
        Path log = work.resolve("logs-kept/web/0.log");
        String first = node.running("kept", "echo one");
        node.ok("rm", "--keep-logs", first);
        assertThat(log).exists();

        String pod = node.ok("pods", "-q").strip();
        String second =
                node.ok("create", pod, node.containerFile("kept", "echo two")).strip();
        node.ok("start", second);
        Path rotated = Files.writeString(log.resolveSibling("0.log.20261122-083300"), "text");
        node.ok("rm", second);
        assertThat(log).doesNotExist();
        assertThat(rotated).doesNotExist();
    }

    @Test
    void what_is_wrong_with_a_file_is_one_line_with_its_name() throws IOException {
        String slip = node.file("slip.yaml", "metadata: {name: web}\nlog_diretory: /tmp\n");
        Result result = node.cri("runp", slip);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).startsWith("davit: " + slip).contains("/log_diretory");

        Result noYaml = node.cri("runp", node.file("broken.yaml", "metadata: {name: web\nhostname: [\n"));
        assertThat(noYaml.exitCode()).isEqualTo(1);
        assertThat(noYaml.err()).hasLineCount(1).contains("broken.yaml");

        assertThat(node.cri("runp", work.resolve("none.yaml").toString()).err())
                .hasLineCount(1)
                .contains("none.yaml");
        assertThat(node.cri("run", slip).exitCode()).isEqualTo(2);

        String unstarted = node.file(
                "unstarted.yaml",
                "metadata: {name: none}\nimage: {image: example.org/acme/shell:1}\ncommand: [/no/such/program]\nlog_path: no.log\n");
        assertThat(node.cri("run", unstarted, node.podFile("none")).err())
                .hasLineCount(1)
                .contains("/no/such/program");
        assertThat(node.ok("pods", "-q")).isEmpty();
    }
}
