package dev.davit.cri.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "unix:///run/containerd/containerd.sock, unix:///run/containerd/containerd.sock",
        "/run/containerd/containerd.sock, unix:///run/containerd/containerd.sock",
        "tcp://127.0.0.1:1234, tcp://127.0.0.1:1234",
        "tcp://[::1]:1234, tcp://[::1]:1234",
    })
    void reads_the_forms_that_people_write(String text, String uri) {
        assertThat(Endpoint.parse(text)).hasToString(uri);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "containerd.sock",
                "unix:relative.sock",
                "unix://relative/containerd.sock",
                "tcp://127.0.0.1",
                "tcp://:1234",
                "tcp://host:1234/path",
                "tcp://user@host:1234",
                "tcp://ho st:1234",
                "tcp://host:0",
                "npipe:////./pipe/containerd",
                "http://127.0.0.1:1234",
                "/run/\0.sock",
            })
    void refuses_everything_else(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "CRI endpoint: expected unix:///path/of.sock, /path/of.sock or tcp://host:port, got \"");
    }

    @Test
    void escapes_what_it_refuses() {
        assertThatThrownBy(() -> Endpoint.parse("a\n\u001b[31m")).hasMessageEndingWith("got \"a\\u000a\\u001b[31m\"");
    }

    @Test
    void says_that_a_socket_does_not_exist() {
        assertThat(Endpoint.parse(folder + "/none.sock").explain("whatever"))
                .isEqualTo("no CRI socket at " + folder + "/none.sock: file does not exist; is containerd running?");
    }

    @Test
    void says_that_a_socket_is_none() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(Endpoint.parse(file.toString()).explain("whatever"))
                .isEqualTo("no CRI socket at " + file + ": it is a file");
        assertThat(Endpoint.parse(folder.toString()).explain("whatever"))
                .isEqualTo("no CRI socket at " + folder + ": it is a folder");
    }

    @Test
    void says_that_nobody_listens() throws IOException {
        Path short1 = Files.createTempDirectory(Path.of("/tmp"), "davit-");
        Path socket = short1.resolve("s");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))
                .close();
        try {
            assertThat(Endpoint.parse(socket.toString()).explain("whatever"))
                    .isEqualTo("no CRI server at the socket " + socket + ": nobody listens; is containerd running?");
        } finally {
            Files.delete(socket);
            Files.delete(short1);
        }
    }

    @Test
    void passes_on_what_the_transport_said_where_it_cannot_look_itself() {
        assertThat(Endpoint.parse("tcp://127.0.0.1:1").explain("Connection refused"))
                .isEqualTo("no CRI server at tcp://127.0.0.1:1: Connection refused");
    }

    @Test
    void says_that_a_path_is_too_long_for_a_socket() {
        String path = "/tmp/" + "x".repeat(200);
        assertThat(Endpoint.parse(path).explain("too long")).contains(path).doesNotContain("\n");
    }
}
