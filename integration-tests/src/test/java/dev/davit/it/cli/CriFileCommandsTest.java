package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.cli.Shell.Result;
import dev.davit.it.cri.Busybox;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
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

    @Test
    void a_pod_of_kubernetes_runs_and_what_was_left_out_is_said() throws IOException {
        String yaml = node.file("shop.yaml", """
                apiVersion: v1
                kind: Pod
                metadata: {name: shop}
                spec:
                  hostNetwork: true
                  restartPolicy: Always
                  initContainers: [{name: first, image: 'example.org/acme/shell:1', args: ['echo made > /v/it'],
                    volumeMounts: [{name: v, mountPath: /v}]}]
                  containers: [{name: web, image: 'example.org/acme/shell:1', args: ['exec sleep 1000'],
                    volumeMounts: [{name: v, mountPath: /v}], livenessProbe: {exec: {command: [/bin/true]}}}]
                  volumes: [{name: v, emptyDir: {}}]
                """);
        Result applied = node.cri("apply", "--volumes", work.resolve("volumes").toString(), yaml);
        assertThat(applied.exitCode()).as(applied.err()).isZero();
        assertThat(applied.err().lines())
                .containsExactlyInAnyOrder(
                        "left out: spec.restartPolicy", "left out: spec.containers[0].livenessProbe");
        String web = node.ok("ps", "-q").strip();
        assertThat(applied.out().lines())
                .hasSize(3)
                .contains(node.ok("pods", "-q").strip() + " shop", web + " web");
        assertThat(node.ok("exec", web, "/bin/sh", "-c", "cat /v/it")).isEqualTo("made\n");

        String two = node.file("two.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec: {containers: 2}\n");
        Result refused = node.cri("apply", two);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).startsWith("davit: ").contains("two.yaml", "spec.containers");
        assertThat(node.ok("pods", "-q")).hasLineCount(1);
    }

    @Test
    void a_pull_can_be_by_another_user_who_is_not_in_messages() {
        Credentials login = new Credentials("anna", "s3cr3t");
        try (EmbeddedRegistry registry =
                        EmbeddedRegistry.builder().basicAuth("anna", "s3cr3t").start();
                TemporaryStore store = LocalStore.temporary();
                RegistryClient client = RegistryClient.builder()
                        .credentials(CredentialSource.of(registry.address(), login))
                        .build()) {
            String image = registry.address() + "/acme/private:1";
            client.push(Busybox.build(store), image);

            assertThat(node.cri("pull", image).exitCode()).isEqualTo(1);
            assertThat(node.cri("pull", "--creds", "anna:wr0ng", image).err())
                    .startsWith("davit: ")
                    .contains(image)
                    .doesNotContain("wr0ng");
            String id = node.ok("pull", "--creds", "anna:s3cr3t", image);
            node.ok("rmi", image);
            String encoded = Base64.getEncoder().encodeToString("anna:s3cr3t".getBytes(StandardCharsets.UTF_8));
            assertThat(node.ok("pull", "--auth", encoded, image)).isEqualTo(id);
            assertThat(node.cri("pull", "--auth", "wr0ng", image).err())
                    .isEqualTo("davit: --auth: expected USER[:PASSWORD] in base64, got something else\n");
            assertThat(node.cri("pull", "--auth", encoded, "--creds", "a", image)
                            .err())
                    .contains("got both");
            assertThat(node.cri("pull", "--creds", ":s3cr3t", image).err())
                    .isEqualTo("davit: --creds: expected USER[:PASSWORD], got no user\n");
        }
    }

    @Test
    void a_runtime_that_does_not_answer_is_given_up() throws IOException {
        Path socket = work.resolve("mute.sock");
        String pod = node.podFile("never");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(socket));
            Result late = davit("cri", "--endpoint", "unix://" + socket, "runp", "-T", "1", pod);
            assertThat(late.exitCode()).isEqualTo(1);
            assertThat(late.err()).hasLineCount(1).startsWith("davit: ").endsWith(": no answer in time\n");
        }
    }
}
