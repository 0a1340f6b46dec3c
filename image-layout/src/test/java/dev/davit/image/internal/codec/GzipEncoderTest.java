package dev.davit.image.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("jdk25")
class GzipEncoderTest {
    private static final int SEGMENT = DeflateSegment.LENGTH;

    /** These digests are part of what is promised: on each machine and JDK, and in the next release, too. */
    @ParameterizedTest
    @CsvSource({
        "1, sha256:da90f7ba91933176573de61ebfe135fbb7e0be28cc4cdcde5e1773af8f948bec",
        "2, sha256:9598dabe740010f8bdbfe87871dc4e37cf8f3d357bc9989df9145dc6b0b2bc1e",
        "3, sha256:5dba181586d3ca4ce3fe8f4a2efa46919dfaae6e6ca80a49fbbd17b554f297f7",
        "4, sha256:3b4362a59fe43e8905c3bd0adf84c91154c64d088f258f5f86464c1fa2758683",
        "5, sha256:a3c73be9b3849b244cbbb10ff57cff9db4219a46120cfd4e4414262bda03d5ac",
        "6, sha256:db4a835466a91568314a157519791fb23795e998ca1083d72de2c2b21112fc7b",
        "7, sha256:a49802db1d07e29c4f071ac0ceed9fc0ab540c1bd614a3bd5687dc99220cbe36",
        "8, sha256:aa643920384eb9579ac0185e73afcf57854e15df7b20066984e6b261c0fe1069",
        "9, sha256:aa643920384eb9579ac0185e73afcf57854e15df7b20066984e6b261c0fe1069",
    })
    void the_same_data_gives_the_same_bytes_on_every_jdk_and_machine(int level, String digest) throws IOException {
        byte[] gzip = gzip(everything(), level, 0);

        assertThat(Digest.sha256(gzip).toString()).isEqualTo(digest);
        assertDecodes(gzip, everything());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void threads_change_nothing(int helpers) throws IOException {
        byte[] data = everything();

        assertThat(gzip(data, 6, helpers)).isEqualTo(gzip(data, 6, 0));
    }

    @Test
    void every_length_near_the_edges_comes_out_as_it_went_in() throws IOException {
        byte[] data = everything();
        for (int edge : new int[] {0, DeflateBlocks.CHUNK, MatchFinder.WINDOW, SEGMENT, 2 * SEGMENT}) {
            for (int length = Math.max(0, edge - 9); length < edge + 9; length++) {
                byte[] part = Arrays.copyOfRange(data, 1000, 1000 + length);
                assertDecodes(gzip(part, 6, 0), part);
            }
        }
    }

    @Test
    void how_the_data_is_cut_changes_nothing() throws IOException {
        byte[] data = Arrays.copyOf(everything(), SEGMENT + 5000);
        byte[] expected = gzip(data, 6, 0);
        Random random = new Random(9);
        for (int most : new int[] {1, 3, 4096, SEGMENT, data.length}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GzipEncoder gzip = new GzipEncoder(out, 6, 1)) {
                for (int at = 0; at < data.length; ) {
                    int n = Math.min(1 + random.nextInt(most), data.length - at);
                    if (n == 1) {
                        gzip.write(data[at]);
                    } else {
                        gzip.write(data, at, n);
                    }
                    at += n;
                }
            }
            assertThat(out.toByteArray()).isEqualTo(expected);
        }
    }

    @Test
    void what_was_in_the_buffers_before_changes_nothing() throws IOException {
        byte[] tail = Arrays.copyOf(everything(), 100);
        for (int length = 0; length < 40; length++) {
            byte[] part = Arrays.copyOf(tail, length);
            Deflate used = new Deflate(6);
            DeflateSegment segment = segment(everything(), false);
            used.compress(segment);
            segment.length = 0;
            segment.before = 0;
            segment.last = true;
            segment.fill(part, 0, length);
            used.compress(segment);
            DeflateSegment fresh = segment(part, true);
            new Deflate(6).compress(fresh);

            assertThat(Arrays.copyOf(segment.out.buffer, segment.out.at))
                    .isEqualTo(Arrays.copyOf(fresh.out.buffer, fresh.out.at));
        }
    }

    @Test
    void any_mixture_comes_out_as_it_went_in() throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            byte[] data = mixture(new Random(seed), 1 + seed * 37 % 40_000);
            assertDecodes(gzip(data, 1 + seed % 9, 0), data);
        }
    }

    @Test
    void noise_grows_by_no_more_than_headers_and_zeros_almost_vanish() throws IOException {
        byte[] noise = new byte[3 * SEGMENT + 1];
        new Random(1).nextBytes(noise);

        assertThat(gzip(noise, 6, 0).length).isLessThan(noise.length + noise.length / 4096);
        assertThat(gzip(new byte[3 * SEGMENT], 6, 0).length).isLessThan(3 * SEGMENT / 500);
        assertDecodes(gzip(noise, 6, 0), noise);
    }

    @Test
    void it_is_about_as_small_as_what_zlib_makes_and_a_higher_level_is_no_worse() throws IOException {
        byte[] data = text(new Random(5), 2 * SEGMENT);
        long before = data.length;
        for (int level = 1; level <= 9; level++) {
            byte[] gzip = gzip(data, level, 0);
            Deflater zlib = new Deflater(level, true);
            zlib.setInput(data);
            zlib.finish();
            int theirs = zlib.deflate(new byte[data.length]);
            zlib.end();

            assertThat((long) gzip.length).isLessThan(theirs + theirs / 50).isLessThan(before + before / 500);
            before = gzip.length;
        }
    }

    @Test
    void threads_end_with_the_encoder_also_when_it_fails_or_is_abandoned() throws IOException {
        byte[] data = everything();
        OutputStream broken = new OutputStream() {
            private int room = 5000;

            @Override
            public void write(int b) throws IOException {
                if (room-- == 0) {
                    throw new IOException("full");
                }
            }
        };
        GzipEncoder failing = new GzipEncoder(broken, 1, 2);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        failing.write(data, 0, data.length);
                    }
                })
                .hasMessage("full");
        failing.abandon();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        GzipEncoder abandoned = new GzipEncoder(out, 1, 2);
        abandoned.write(data, 0, data.length);
        abandoned.abandon();
        abandoned.close();
        gzip(data, 1, 2);

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(t -> t.getName().equals("davit-deflate"));
        assertThatThrownBy(() -> new GZIPInputStream(new ByteArrayInputStream(out.toByteArray())).readAllBytes())
                .isInstanceOf(IOException.class);
    }

    @Test
    void an_interrupt_is_kept_and_breaks_nothing() throws IOException {
        byte[] data = everything();
        Thread.currentThread().interrupt();
        byte[] gzip = gzip(data, 6, 1);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(gzip).isEqualTo(gzip(data, 6, 0));
    }

    private static void assertDecodes(byte[] gzip, byte[] data) throws IOException {
        try (GzipDecoder ours = new GzipDecoder(new ByteArrayInputStream(gzip))) {
            assertThat(Arrays.equals(ours.readAllBytes(), data)).isTrue();
        }
        try (GZIPInputStream theirs = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            assertThat(Arrays.equals(theirs.readAllBytes(), data)).isTrue();
        }
    }

    private static DeflateSegment segment(byte[] data, boolean last) {
        DeflateSegment segment = new DeflateSegment();
        segment.fill(data, 0, data.length);
        segment.last = last;
        return segment;
    }

    private static byte[] gzip(byte[] data, int level, int helpers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipEncoder gzip = new GzipEncoder(out, level, helpers)) {
            gzip.write(data, 0, data.length);
        }
        return out.toByteArray();
    }

    /** Somewhat more than three segments of all kinds of data. */
    private static byte[] everything() {
        Random random = new Random(42);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (out.size() < 3 * SEGMENT + 1234) {
            out.writeBytes(mixture(random, 1 + random.nextInt(30_000)));
        }
        return Arrays.copyOf(out.toByteArray(), 3 * SEGMENT + 1234);
    }

    private static byte[] mixture(Random random, int length) {
        switch (random.nextInt(5)) {
            case 0 -> {
                byte[] noise = new byte[length];
                random.nextBytes(noise);
                return noise;
            }
            case 1 -> {
                byte[] one = new byte[length];
                Arrays.fill(one, (byte) random.nextInt(256));
                return one;
            }
            case 2 -> {
                byte[] few = new byte[length];
                int symbols = 1 + random.nextInt(20);
                for (int i = 0; i < length; i++) {
                    few[i] = (byte) random.nextInt(symbols);
                }
                return few;
            }
            case 3 -> {
                // what repeats at a distance, also the longest one
                byte[] repeats = new byte[length];
                int distance = 1 + random.nextInt(40_000);
                for (int i = 0; i < length; i++) {
                    repeats[i] = i < distance || random.nextInt(50) == 0
                            ? (byte) random.nextInt(256)
                            : repeats[i - distance];
                }
                return repeats;
            }
            default -> {
                return text(random, length);
            }
        }
    }

    /** Words, the first ones more often than the last ones. */
    private static byte[] text(Random random, int length) {
        byte[] text = new byte[length];
        for (int at = 0; at < length; ) {
            Random word = new Random(random.nextInt(1 + random.nextInt(2000)));
            int n = Math.min(length - at, 2 + word.nextInt(8));
            for (int i = 0; i < n; i++) {
                text[at++] = (byte) ('a' + word.nextInt(26));
            }
            if (at < length) {
                text[at++] = ' ';
            }
        }
        return text;
    }
}
