package dev.davit.image.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("jdk25")
class DecodeAheadTest {
    private static final byte[] CONTENT = new byte[3_000_001];

    static {
        new Random(5).nextBytes(CONTENT);
    }

    private final Digester digester = Digester.sha256();
    private final AtomicLong checked = new AtomicLong();

    @AfterEach
    void no_thread_is_left() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("davit-decode"));
    }

    private DecodeAhead over(InputStream in) {
        return new DecodeAhead(in, digester, checked::set);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 128 * 1024, 5_000_000})
    void everything_comes_out_hashed_whoever_is_faster(int piece) throws IOException {
        for (boolean slowReader : new boolean[] {false, true}) {
            Digester own = Digester.sha256();
            Random pauses = new Random(piece);
            byte[] back = new byte[CONTENT.length];
            try (DecodeAhead ahead = new DecodeAhead(
                    pausing(new ByteArrayInputStream(CONTENT), slowReader ? 0 : 20), own, checked::set)) {
                int at = 0;
                for (int n = 0; n >= 0; at += n) {
                    n = ahead.read(back, at, Math.min(piece, back.length - at));
                    if (slowReader && pauses.nextInt(1 + 2_000_000 / piece) == 0) {
                        pause();
                    }
                    if (at + n == back.length) {
                        assertThat(ahead.read()).isEqualTo(-1);
                        break;
                    }
                }
            }
            assertThat(back).isEqualTo(CONTENT);
            assertThat(own.digest()).isEqualTo(Digest.sha256(CONTENT));
            assertThat(checked).hasValue(CONTENT.length);
        }
    }

    /** Reads in pieces of their own, some of them late. */
    private static InputStream pausing(InputStream in, int everyNth) {
        return new InputStream() {
            private int reads;

            @Override
            public int read() throws IOException {
                return in.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (everyNth > 0 && ++reads % everyNth == 0) {
                    pause();
                }
                return in.read(target, offset, Math.min(length, 50_001));
            }
        };
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_failure_comes_out_behind_the_bytes_before_it_and_again() throws IOException {
        for (Throwable failure : new Throwable[] {
            new IOException("broken"), new IllegalStateException("broken"), new StackOverflowError("broken")
        }) {
            InputStream broken = new InputStream() {
                private final InputStream whole = new ByteArrayInputStream(CONTENT, 0, 1_000_000);

                @Override
                public int read() {
                    throw new AssertionError("reads arrays only");
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int n = whole.read(target, offset, length);
                    if (n < 0) {
                        DecodeAheadTest.<RuntimeException>sneaky(failure);
                    }
                    return n;
                }
            };
            try (DecodeAhead ahead = over(broken)) {
                assertThat(ahead.readNBytes(1_000_000)).hasSize(1_000_000);
                assertThatThrownBy(() -> ahead.read(new byte[1])).isSameAs(failure);
                assertThatThrownBy(() -> ahead.read(new byte[1])).isSameAs(failure);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void nothing_comes_out_of_a_chunk_that_is_too_much() throws IOException {
        try (DecodeAhead ahead = new DecodeAhead(new ByteArrayInputStream(CONTENT), digester, bytes -> {
            if (bytes > 200_000) {
                throw new IllegalStateException("too much");
            }
        })) {
            assertThat(ahead.readNBytes(131_072)).hasSize(131_072);
            assertThatThrownBy(ahead::read).hasMessage("too much");
        }
    }

    @Test
    void decodes_no_more_than_has_room() throws Exception {
        AtomicLong taken = new AtomicLong();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("reads arrays only");
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                taken.addAndGet(length);
                return length;
            }
        };
        try (DecodeAhead ahead = over(endless)) {
            assertThat(ahead.read()).isZero();
            long before = -1;
            while (before != taken.get()) {
                before = taken.get();
                TimeUnit.MILLISECONDS.sleep(100);
            }
            assertThat(before).isEqualTo(8 * 128 * 1024);
        }
    }

    @Test
    void whoever_waits_can_be_interrupted_and_closing_ends_a_source_that_waits() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        AtomicBoolean closed = new AtomicBoolean();
        InputStream stuck = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("reads arrays only");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                reading.countDown();
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
                return -1;
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
        try (DecodeAhead ahead = over(stuck)) {
            reading.await();
            Thread.currentThread().interrupt();
            assertThatThrownBy(ahead::read).isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(closed).isTrue();
    }

    @Test
    void closing_ends_a_source_that_only_closing_wakes() throws Exception {
        CountDownLatch wake = new CountDownLatch(1);
        InputStream deaf = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("reads arrays only");
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                while (wake.getCount() > 0) {
                    try {
                        wake.await();
                    } catch (InterruptedException e) {
                        // deaf
                    }
                }
                return -1;
            }

            @Override
            public void close() {
                wake.countDown();
            }
        };
        over(deaf).close();

        assertThat(wake.getCount()).isZero();
    }
}
