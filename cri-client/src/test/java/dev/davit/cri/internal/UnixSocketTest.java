package dev.davit.cri.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UnixSocketTest {
    private Path folder;
    private ServerSocketChannel listener;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        // not @TempDir, whose names may be too long for a socket
        folder = Files.createTempDirectory(Path.of("/tmp"), "davit-uds-");
        Path path = folder.resolve("s");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        client = new UnixSocketFactory(path).createSocket(InetAddress.getLoopbackAddress(), 1);
        server = new UnixSocket(listener.accept());
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
        server.close();
        listener.close();
        Files.delete(folder.resolve("s"));
        Files.delete(folder);
    }

    @Test
    void carries_bytes_both_ways() throws IOException {
        client.getOutputStream().write("ping".getBytes(UTF_8));
        assertThat(server.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
        server.getOutputStream().write('!');
        assertThat(client.getInputStream().read()).isEqualTo('!');
    }

    @Test
    void writes_while_another_thread_waits_for_something_to_read() throws Exception {
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> read(client));
        assertThatThrownBy(() -> reader.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        client.getOutputStream().write("still open".getBytes(UTF_8));
        assertThat(server.getInputStream().readNBytes(10)).asString().isEqualTo("still open");
        server.getOutputStream().write('x');
        assertThat(reader.get()).isEqualTo('x');
    }

    @Test
    void carries_more_than_the_buffers_of_the_kernel_hold() throws Exception {
        byte[] much = new byte[8 << 20];
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) (i * 31);
        }
        CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> {
            try {
                return server.getInputStream().readNBytes(much.length);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        OutputStream out = client.getOutputStream();
        out.write(much, 0, much.length);
        assertThat(received.get()).isEqualTo(much);
    }

    @Test
    void closing_ends_a_read_that_waits_in_another_thread() throws Exception {
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> read(client));
        assertThatThrownBy(() -> reader.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        client.close();
        assertThatThrownBy(reader::get)
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .isInstanceOf(java.nio.channels.AsynchronousCloseException.class);
    }

    @Test
    void closing_ends_a_write_that_waits_in_another_thread() throws Exception {
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                client.getOutputStream().write(new byte[64 << 20]);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(() -> writer.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        client.close();
        assertThatThrownBy(writer::get).cause().hasCauseInstanceOf(SocketException.class);
    }

    @Test
    void the_other_end_reads_the_end_after_output_was_shut_down_and_can_still_answer() throws IOException {
        client.getOutputStream().write('q');
        client.shutdownOutput();
        assertThat(client.isOutputShutdown()).isTrue();
        assertThat(server.getInputStream().readAllBytes()).containsExactly('q');
        server.getOutputStream().write('a');
        assertThat(client.getInputStream().read()).isEqualTo('a');
    }

    @Test
    void reads_the_end_when_the_other_end_has_closed() throws IOException {
        server.close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(client.getInputStream().read(new byte[4])).isEqualTo(-1);
    }

    @Test
    void says_that_it_is_closed() throws IOException {
        client.close();
        assertThat(client.isClosed()).isTrue();
        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("socket closed");
        assertThatThrownBy(() -> client.getOutputStream().write(1))
                .isInstanceOf(SocketException.class)
                .hasMessage("socket closed");
    }

    @Test
    void closing_a_stream_closes_the_socket() throws IOException {
        client.getInputStream().close();
        server.getOutputStream().close();
        assertThat(client.isClosed()).isTrue();
        assertThat(server.isClosed()).isTrue();
    }

    @Test
    void has_no_read_timeout() throws SocketException {
        client.setSoTimeout(0);
        assertThat(client.getSoTimeout()).isZero();
        assertThatThrownBy(() -> client.setSoTimeout(1)).isInstanceOf(SocketException.class);
    }

    @Test
    void is_connected_from_its_start() {
        assertThat(client.isConnected()).isTrue();
        assertThat(client.isBound()).isTrue();
        assertThat(client.getRemoteSocketAddress()).isEqualTo(UnixDomainSocketAddress.of(folder.resolve("s")));
        assertThatThrownBy(() -> client.connect(UnixDomainSocketAddress.of("/x")))
                .isInstanceOf(SocketException.class);
    }

    @Test
    void a_factory_says_that_nobody_is_there() {
        assertThatThrownBy(() -> new UnixSocketFactory(folder.resolve("none")).createSocket("localhost", 1))
                .isInstanceOf(SocketException.class);
    }

    private static int read(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
