package dev.davit.cri.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoveryTest {
    private final Map<String, String> environment = new HashMap<>();
    private Path root;

    @BeforeEach
    void make_a_root_with_a_short_name() throws IOException {
        root = Files.createTempDirectory(Path.of("/tmp"), "davit-disc-");
    }

    @AfterEach
    void remove_it() throws IOException {
        dev.davit.oci.internal.FolderTree.delete(root);
    }

    private Discovery.Found find() {
        return new Discovery(environment::get, root).find();
    }

    private void config(String text) throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/crictl.yaml"), text);
    }

    @Test
    void variables_come_before_the_file() throws IOException {
        config("runtime-endpoint: unix:///file.sock\nimage-endpoint: unix:///images.sock\n");
        environment.put("CONTAINER_RUNTIME_ENDPOINT", "unix:///variable.sock");
        assertThat(find().runtime()).hasToString("unix:///variable.sock");
        assertThat(find().images()).hasToString("unix:///images.sock");
        environment.put("IMAGE_SERVICE_ENDPOINT", "tcp://127.0.0.1:5");
        assertThat(find().images()).hasToString("tcp://127.0.0.1:5");
    }

    @Test
    void images_are_where_the_runtime_is_unless_something_else_is_said() {
        environment.put("CONTAINER_RUNTIME_ENDPOINT", "unix:///variable.sock");
        assertThat(find().images()).hasToString("unix:///variable.sock");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "runtime-endpoint: unix:///a.sock",
                "runtime-endpoint: \"unix:///a.sock\"",
                "runtime-endpoint: 'unix:///a.sock'  # here",
                "runtime-endpoint: unix:///a.sock # here",
                "timeout: 2\\ndebug: false\\n\\n# runtime-endpoint: x\\nruntime-endpoint: unix:///a.sock\\nimage-endpoint: \"\"",
                "runtime-endpoint: /a.sock",
            })
    void the_file_may_be_written_in_several_ways(String text) throws IOException {
        config(text.replace("\\n", "\n"));
        assertThat(find().runtime()).hasToString("unix:///a.sock");
        assertThat(find().images()).hasToString("unix:///a.sock");
    }

    @Test
    void the_file_may_be_elsewhere_and_must_be_there_then() throws IOException {
        Path file = root.resolve("mine.yaml");
        environment.put("CRI_CONFIG_FILE", file.toString());
        assertThatThrownBy(this::find).isInstanceOf(StorageException.class).hasMessageContaining(file.toString());
        Files.writeString(file, "runtime-endpoint: unix:///mine.sock");
        assertThat(find().runtime()).hasToString("unix:///mine.sock");
    }

    @Test
    void says_which_setting_is_no_endpoint() throws IOException {
        config("runtime-endpoint: npipe:////./pipe/x");
        assertThatThrownBy(this::find)
                .isInstanceOf(MalformedContentException.class)
                .hasMessageStartingWith(
                        "runtime-endpoint in " + root + "/etc/crictl.yaml: CRI endpoint: expected unix:");
        environment.put("CONTAINER_RUNTIME_ENDPOINT", "nonsense");
        assertThatThrownBy(this::find)
                .hasMessageStartingWith(
                        "environment variable CONTAINER_RUNTIME_ENDPOINT: CRI endpoint: expected unix:");
    }

    @Test
    void refuses_a_file_with_an_endpoint_that_it_cannot_read() throws IOException {
        config("{runtime-endpoint: unix:///a.sock}");
        assertThatThrownBy(this::find).isInstanceOf(MalformedContentException.class);
    }

    @Test
    void takes_the_first_of_the_usual_sockets_at_which_somebody_listens() throws IOException {
        Path stale = Files.createDirectories(root.resolve("run/containerd")).resolve("containerd.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close();
        assertThat(find().runtime()).hasToString("unix://" + stale);
        Path crio = Files.createDirectories(root.resolve("run/crio")).resolve("crio.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(crio));
            assertThat(find().runtime()).hasToString("unix://" + crio);
        }
    }

    @Test
    void says_where_it_has_looked() {
        assertThatThrownBy(this::find)
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("CONTAINER_RUNTIME_ENDPOINT")
                .hasMessageContaining("etc/crictl.yaml")
                .hasMessageContaining("run/containerd/containerd.sock");
    }
}
