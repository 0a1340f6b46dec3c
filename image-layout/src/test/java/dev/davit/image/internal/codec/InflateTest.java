package dev.davit.image.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.MalformedContentException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own decoder of deflate against the one of the JDK. */
@Tag("jdk25")
class InflateTest {
    private static final int[] STRATEGIES = {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY};

    static Stream<Arguments> encodings() {
        return IntStream.rangeClosed(0, 9)
                .boxed()
                .flatMap(level -> IntStream.of(STRATEGIES).mapToObj(strategy -> Arguments.of(level, strategy)));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void decodes_what_zlib_encodes(int level, int strategy) throws IOException {
        for (byte[] data : samples()) {
            assertThat(inflate(deflate(data, level, strategy))).isEqualTo(data);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 31, 32, 33, 4096, 65_536, 65_537})
    void how_the_input_comes_makes_no_difference(int chunk) throws IOException {
        byte[] data = text(400_000, 3);
        byte[] deflated = deflate(data, 6, Deflater.DEFAULT_STRATEGY);

        assertThat(inflate(new Crumbs(deflated, chunk))).isEqualTo(data);
    }

    /** Samples of every kind: nothing, noise, text, runs, long and short distances. */
    private static List<byte[]> samples() {
        byte[] zeros = new byte[300_000];
        byte[] far = new byte[100_000];
        new Random(5).nextBytes(far);
        System.arraycopy(far, 0, far, 32_768, 32_768);
        byte[] period = new byte[100_000];
        for (int i = 0; i < period.length; i++) {
            period[i] = (byte) (i % (1 + i / 1000));
        }
        return List.of(new byte[0], new byte[] {7}, text(70_000, 1), zeros, far, period, noise(200_000, 2));
    }

    @Test
    void a_damaged_stream_ends_as_it_does_in_zlib() throws IOException {
        Random random = new Random(42);
        int refused = 0;
        for (int round = 0; round < 6_000; round++) {
            byte[] data = round % 3 == 0 ? noise(300, round) : text(2_000, round);
            byte[] deflated = deflate(data, 1 + round % 9, STRATEGIES[round % 3]);
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(deflated.length);
                deflated[at] =
                        round % 2 == 0 ? (byte) random.nextInt() : (byte) (deflated[at] ^ 1 << random.nextInt(8));
            }
            byte[] damaged =
                    random.nextInt(4) == 0 ? Arrays.copyOf(deflated, random.nextInt(deflated.length)) : deflated;
            refused += compare(damaged, "round " + round) ? 0 : 1;
        }
        // both verdicts are frequent, or this would show nothing
        assertThat(refused).isBetween(1_000, 5_900);
    }

    @Test
    void noise_ends_as_it_does_in_zlib() throws IOException {
        for (int round = 0; round < 30_000; round++) {
            byte[] noise = noise(3 + round % 120, round);
            // mostly blocks with codes of their own, whose description is noise
            noise[0] = (byte) ((noise[0] & ~6) | (round % 4 == 0 ? 2 : 4));
            compare(noise, "round " + round);
        }
    }

    /** Decodes with both; returns whether the stream is whole. */
    private static boolean compare(byte[] deflated, String what) throws IOException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        boolean whole = jdk(deflated, expected);
        ByteArrayOutputStream actual = new ByteArrayOutputStream();
        boolean taken;
        try {
            inflate(new ByteArrayInputStream(deflated), actual);
            taken = true;
        } catch (MalformedContentException e) {
            taken = false;
        }
        assertThat(taken).as(what).isEqualTo(whole);
        if (whole) {
            assertThat(actual.toByteArray()).as(what).isEqualTo(expected.toByteArray());
        } else {
            int common = Math.min(actual.size(), expected.size());
            assertThat(Arrays.copyOf(actual.toByteArray(), common))
                    .as(what)
                    .isEqualTo(Arrays.copyOf(expected.toByteArray(), common));
        }
        return whole;
    }

    private static boolean jdk(byte[] deflated, ByteArrayOutputStream out) {
        Inflater inflater = new Inflater(true);
        try {
            // zlib wants a byte behind a stream without header
            inflater.setInput(deflated);
            byte[] buffer = new byte[1];
            byte[] large = new byte[8192];
            while (!inflater.finished()) {
                int n = inflater.inflate(large);
                if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    return inflater.finished();
                }
                out.write(large, 0, n);
            }
            return buffer.length == 1;
        } catch (DataFormatException e) {
            return false;
        } finally {
            inflater.end();
        }
    }

    @Test
    void a_stream_can_be_gone_on_with_behind_any_block() throws IOException {
        byte[] data = text(600_000, 9);
        byte[] deflated = blocks(data);
        List<Checkpoint> checkpoints = new ArrayList<>();
        Inflate whole = new Inflate(new BitSource(new ByteArrayInputStream(deflated)));
        while (!whole.isEnded()) {
            whole.decode();
            whole.take(whole.to() - whole.from());
            Checkpoint checkpoint = whole.checkpoint();
            if (checkpoint != null) {
                checkpoints.add(checkpoint);
            }
        }
        assertThat(inflate(deflated)).isEqualTo(data);
        assertThat(whole.checkpoint()).isNull();
        assertThat(checkpoints).hasSizeGreaterThan(20);
        assertThat(checkpoints).anyMatch(checkpoint -> checkpoint.bit() % 8 != 0);

        for (Checkpoint checkpoint : checkpoints) {
            int from = (int) (checkpoint.bit() >>> 3);
            BitSource rest = new BitSource(new ByteArrayInputStream(deflated, from, deflated.length - from));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            drain(new Inflate(rest, checkpoint), out);

            assertThat(checkpoint.window().length).isLessThanOrEqualTo(32 * 1024);
            assertThat(out.toByteArray()).isEqualTo(Arrays.copyOfRange(data, (int) checkpoint.total(), data.length));
        }
    }

    /** Many blocks of all types. */
    private static byte[] blocks(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(6, true);
        byte[] buffer = new byte[8192];
        for (int at = 0; at < data.length; at += 20_000) {
            deflater.setLevel(at % 3 == 0 ? 0 : 6);
            deflater.setInput(data, at, Math.min(20_000, data.length - at));
            int flush = at % 40_000 == 0 ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH;
            int n;
            do {
                n = deflater.deflate(buffer, 0, buffer.length, flush);
                out.write(buffer, 0, n);
            } while (n > 0 || !deflater.needsInput());
        }
        deflater.finish();
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    @Test
    void nothing_before_the_start_can_be_referred_to() {
        // fixed codes: a literal, then a match of three bytes at distance 2
        Bits bits = new Bits()
                .put(1, 1)
                .put(1, 2)
                .code(0x30 + 'a', 8)
                .code(1, 7)
                .code(1, 5)
                .code(0, 7);

        assertThatThrownBy(() -> inflate(bits.toBytes()))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("before the start");
    }

    @Test
    void a_second_stream_cannot_refer_to_the_first() throws IOException {
        Bits first = new Bits()
                .put(1, 1)
                .put(1, 2)
                .code(0x30 + 'a', 8)
                .code(0x30 + 'b', 8)
                .code(0, 7);
        Bits second = new Bits()
                .put(1, 1)
                .put(1, 2)
                .code(0x30 + 'c', 8)
                .code(1, 7)
                .code(1, 5)
                .code(0, 7);
        byte[] both = Arrays.copyOf(first.toBytes(), first.toBytes().length + second.toBytes().length);
        System.arraycopy(second.toBytes(), 0, both, first.toBytes().length, second.toBytes().length);
        BitSource source = new BitSource(new ByteArrayInputStream(both));
        Inflate inflate = new Inflate(source);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        drain(inflate, out);
        source.align();
        inflate.restart();

        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("ab");
        assertThatThrownBy(() -> drain(inflate, out)).hasMessageContaining("before the start");
    }

    @Test
    void says_what_is_wrong_with_a_stream() {
        refused(new Bits().put(1, 1).put(3, 2), "got 3");
        refused(new Bits().put(1, 1).put(0, 2).align().put(5, 16).put(5, 16), "complement");
        refused(new Bits().put(1, 1).put(2, 2).put(30, 5).put(0, 5).put(0, 4), "at most 286");
        refused(new Bits().put(1, 1).put(2, 2).put(0, 5).put(30, 5).put(0, 4), "at most 286");
        // no code for lengths at all, one that is too short, and one that is too long
        refused(new Bits().put(1, 1).put(2, 2).put(0, 5).put(0, 5).put(0, 4).put(0, 12), "incomplete");
        refused(
                new Bits()
                        .put(1, 1)
                        .put(2, 2)
                        .put(0, 5)
                        .put(0, 5)
                        .put(0, 4)
                        .put(1, 3)
                        .put(0, 9),
                "incomplete");
        refused(
                new Bits()
                        .put(1, 1)
                        .put(2, 2)
                        .put(0, 5)
                        .put(0, 5)
                        .put(0, 4)
                        .put(1, 3)
                        .put(1, 3)
                        .put(1, 3)
                        .put(0, 3),
                "over-subscribed");
        // the length before the first is repeated
        refused(
                new Bits()
                        .put(1, 1)
                        .put(2, 2)
                        .put(0, 5)
                        .put(0, 5)
                        .put(0, 4)
                        .put(1, 3)
                        .put(1, 3)
                        .put(0, 6)
                        .put(0, 20),
                "nothing to repeat");
        refused(new Bits().put(1, 1).put(1, 2).code(0xc6, 8), "none that exists");
        refused(
                new Bits()
                        .put(1, 1)
                        .put(1, 2)
                        .code(0x30, 8)
                        .code(1, 7)
                        .code(30, 5)
                        .put(0, 20),
                "none that exists");
        refused(new Bits().put(1, 1).put(1, 2).code(0x30, 8), "cut off");
        refused(new Bits().put(1, 1), "cut off");
    }

    private static void refused(Bits bits, String message) {
        assertThatThrownBy(() -> inflate(bits.toBytes()))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("at compressed byte ");
    }

    private static byte[] inflate(byte[] deflated) throws IOException {
        return inflate(new ByteArrayInputStream(deflated));
    }

    private static byte[] inflate(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        inflate(in, out);
        return out.toByteArray();
    }

    private static void inflate(InputStream in, ByteArrayOutputStream out) throws IOException {
        drain(new Inflate(new BitSource(in)), out);
    }

    private static void drain(Inflate inflate, ByteArrayOutputStream out) throws IOException {
        while (!inflate.isEnded()) {
            inflate.decode();
            out.write(inflate.output(), inflate.from(), inflate.to() - inflate.from());
            inflate.take(inflate.to() - inflate.from());
        }
    }

    private static byte[] deflate(byte[] data, int level, int strategy) {
        Deflater deflater = new Deflater(level, true);
        deflater.setStrategy(strategy);
        deflater.setInput(data);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] noise(int size, long seed) {
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private static byte[] text(int size, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < size) {
            text.append(Integer.toString(random.nextInt(3_000), 36)).append(random.nextInt(9) == 0 ? "\n" : " ");
        }
        return text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
    }

    /** Packs bits as deflate does. */
    private static final class Bits {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int last;
        private int used;

        /** Puts a number, its lowest bit first. */
        Bits put(int value, int n) {
            for (int i = 0; i < n; i++) {
                last |= (value >>> i & 1) << used;
                if (++used == 8) {
                    out.write(last);
                    last = 0;
                    used = 0;
                }
            }
            return this;
        }

        /** Puts the code of a symbol, its highest bit first. */
        Bits code(int value, int n) {
            return put(Integer.reverse(value) >>> (32 - n), n);
        }

        Bits align() {
            return used == 0 ? this : put(0, 8 - used);
        }

        byte[] toBytes() {
            return (used == 0 ? this : align()).out.toByteArray();
        }
    }

    /** A stream that gives few bytes at a time. */
    private static final class Crumbs extends InputStream {
        private final byte[] bytes;
        private final int chunk;
        private int at;

        Crumbs(byte[] bytes, int chunk) {
            this.bytes = bytes;
            this.chunk = chunk;
        }

        @Override
        public int read() {
            return at < bytes.length ? bytes[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (at == bytes.length) {
                return -1;
            }
            int n = Math.min(Math.min(chunk, length), bytes.length - at);
            System.arraycopy(bytes, at, target, offset, n);
            at += n;
            return n;
        }
    }
}
