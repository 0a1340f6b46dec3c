package dev.davit.cri.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PipeTest {
    @Test
    void bytes_come_out_as_they_went_in() throws Exception {
        byte[] sent = new byte[3 << 20];
        new Random(1).nextBytes(sent);
        Pipe pipe = new Pipe();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            Random random = new Random(2);
            try {
                for (int at = 0; at < sent.length; ) {
                    int piece = Math.min(sent.length - at, random.nextInt(50_000));
                    pipe.data(sent, at, piece);
                    at += piece;
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            pipe.end(null);
        });
        byte[] received = new byte[sent.length];
        Random random = new Random(3);
        int at = 0;
        for (int read = 0; read >= 0; ) {
            read = pipe.read(received, at, Math.min(received.length - at, 1 + random.nextInt(40_000)));
            at += Math.max(0, read);
            if (at == received.length) {
                break;
            }
        }
        writer.get(10, TimeUnit.SECONDS);
        assertThat(received).isEqualTo(sent);
        assertThat(pipe.read(received, 0, 1)).isEqualTo(-1);
    }

    @Test
    void a_closed_pipe_lets_the_sender_go() throws Exception {
        Pipe pipe = new Pipe();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                pipe.data(new byte[1 << 20], 0, 1 << 20);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        while (pipe.available() < 128 << 10) {
            Thread.onSpinWait();
        }
        assertThat(writer).isNotDone();
        pipe.close();
        writer.get(10, TimeUnit.SECONDS);
        assertThat(pipe.read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void a_failure_comes_behind_what_has_arrived() throws Exception {
        Pipe pipe = new Pipe();
        pipe.data(new byte[] {7}, 0, 1);
        pipe.end(new IOException("broken"));
        assertThat(pipe.read(new byte[5], 0, 5)).isEqualTo(1);
        assertThatThrownBy(() -> pipe.read(new byte[5], 0, 5)).hasMessage("broken");
    }
}
