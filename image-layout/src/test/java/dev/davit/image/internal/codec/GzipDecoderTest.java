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
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("jdk25")
class GzipDecoderTest {
    private static final byte[] DATA = data(300_000);

    @Test
    void what_the_encoder_writes_is_read_by_all() throws IOException {
        for (int size : new int[] {0, 1, 100, 65_536, 300_000}) {
            byte[] data = data(size);
            byte[] gzip = gzip(data);

            assertThat(decode(gzip)).isEqualTo(data);
            assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes())
                    .isEqualTo(data);
            assertThat(GzipCompressorInputStream.builder()
                            .setInputStream(new ByteArrayInputStream(gzip))
                            .setDecompressConcatenated(true)
                            .get()
                            .readAllBytes())
                    .isEqualTo(data);
        }
    }

    @Test
    void the_header_says_nothing_about_time_or_machine() throws IOException {
        assertThat(Arrays.copyOf(gzip(DATA), 10)).containsExactly(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
    }

    @Test
    void t37_all_members_are_decoded_also_from_a_stream_that_never_knows_what_is_available() throws IOException {
        byte[] many = concat(gzip(DATA), gzip(new byte[0]), gzip(DATA), gzip(new byte[] {1}));
        byte[] expected = concat(DATA, DATA, new byte[] {1});

        assertThat(decode(many)).isEqualTo(expected);
        InputStream crumbs = new InputStream() {
            private int at;

            @Override
            public int read() {
                return at < many.length ? many[at++] & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int b = length == 0 ? 0 : read();
                if (b < 0) {
                    return -1;
                }
                target[offset] = (byte) b;
                return 1;
            }
        };
        assertThat(new GzipDecoder(crumbs).readAllBytes()).isEqualTo(expected);
    }

    @Test
    void t38_every_field_of_a_header_is_understood() throws IOException {
        byte[] gzip = gzip(DATA);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 1, 2, 3, 4, 2, 3, (byte) 0xff, (byte) 0xff});
        out.writeBytes(new byte[0xffff]);
        out.writeBytes("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
        CRC32 crc = new CRC32();
        crc.update(out.toByteArray());
        out.write((int) crc.getValue());
        out.write((int) crc.getValue() >> 8);
        out.write(gzip, 10, gzip.length - 10);

        assertThat(decode(out.toByteArray())).isEqualTo(DATA);

        byte[] wrong = out.toByteArray();
        wrong[5]++;
        refused(wrong, "checksum of the header");
    }

    @Test
    void t38_wrong_trailers_are_errors() throws IOException {
        byte[] gzip = gzip(DATA);
        refused(flip(gzip, gzip.length - 8), "CRC");
        refused(flip(gzip, gzip.length - 1), "length");
        refused(flip(concat(gzip, gzip), 2 * gzip.length - 6), "gzip member 2: the CRC");
        refused(flip(gzip, 2), "deflate");
        byte[] reserved = gzip.clone();
        reserved[3] = 0x20;
        refused(reserved, "reserved flags");
    }

    @Test
    void t38_anything_behind_the_last_member_is_an_error() throws IOException {
        byte[] gzip = gzip(DATA);
        refused(concat(gzip, new byte[1]), "expected another member or the end");
        refused(concat(gzip, new byte[512]), "expected another member or the end");
        refused(concat(gzip, new byte[] {0x1f}), "cut off");
        refused(concat(gzip, new byte[] {0x1f, (byte) 0x8b, 8}), "cut off");
    }

    @Test
    void t38_every_cut_is_noticed() throws IOException {
        byte[] gzip = concat(gzip(data(50)), gzip(data(20)));
        int first = gzip(data(50)).length;
        for (int length = 1; length < gzip.length; length++) {
            if (length != first) {
                refused(Arrays.copyOf(gzip, length), "");
            }
        }
        assertThat(decode(Arrays.copyOf(gzip, first))).isEqualTo(data(50));
    }

    @Test
    void every_flipped_bit_is_noticed_or_makes_no_difference() throws IOException {
        byte[] data = data(500);
        byte[] gzip = gzip(data);
        for (int bit = 0; bit < gzip.length * 8; bit++) {
            byte[] wrong = gzip.clone();
            wrong[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                assertThat(decode(wrong)).isEqualTo(data);
            } catch (MalformedContentException e) {
                assertThat(e).hasMessageContaining("gzip member");
            }
        }
    }

    @Test
    void endless_names_are_refused() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0});
        byte[] name = new byte[100_000];
        Arrays.fill(name, (byte) 'x');
        out.writeBytes(name);

        refused(out.toByteArray(), "name or comment");
    }

    @Test
    void decoding_goes_on_from_any_checkpoint_also_in_later_members() throws IOException {
        byte[] many = concat(gzip(DATA), gzip(new byte[0]), gzip(data(100)), gzip(DATA));
        byte[] expected = concat(DATA, data(100), DATA);
        List<Checkpoint> checkpoints = new ArrayList<>();
        GzipDecoder whole = new GzipDecoder(new ByteArrayInputStream(many));
        whole.noteCheckpoints(20_000, checkpoints::add);
        assertThat(whole.readAllBytes()).isEqualTo(expected);

        assertThat(checkpoints).hasSizeBetween(5, expected.length / 20_000 + 1);
        assertThat(checkpoints.get(0).total()).isZero();
        for (Checkpoint from : checkpoints) {
            int at = (int) (from.bit() >>> 3);
            InputStream rest = new ByteArrayInputStream(many, at, many.length - at);
            assertThat(new GzipDecoder(rest, from).readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(expected, (int) from.total(), expected.length));
        }
    }

    @Test
    void a_member_that_starts_anew_is_checked_also_behind_a_checkpoint() throws IOException {
        byte[] many = concat(gzip(DATA), gzip(DATA));
        many[many.length - 5] ^= 1;
        List<Checkpoint> checkpoints = new ArrayList<>();
        GzipDecoder whole = new GzipDecoder(new ByteArrayInputStream(many));
        whole.noteCheckpoints(1, checkpoints::add);
        assertThatThrownBy(whole::readAllBytes).hasMessageContaining("the CRC of the data is wrong");

        GzipDecoder rest = new GzipDecoder(new ByteArrayInputStream(many, 10, many.length - 10), checkpoints.get(0));

        assertThatThrownBy(rest::readAllBytes).hasMessageContaining("the CRC of the data is wrong");
    }

    private static void refused(byte[] gzip, String message) {
        assertThatThrownBy(() -> decode(gzip))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(message);
    }

    private static byte[] flip(byte[] bytes, int at) {
        byte[] wrong = bytes.clone();
        wrong[at] ^= 1;
        return wrong;
    }

    private static byte[] decode(byte[] gzip) throws IOException {
        try (GzipDecoder in = new GzipDecoder(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GzipEncoder gzip = new GzipEncoder(out, 6)) {
            gzip.write(data, 0, data.length);
        }
        return out.toByteArray();
    }

    /** Half noise, half text. */
    private static byte[] data(int size) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        for (int i = 0; i < size / 2; i++) {
            data[i] = (byte) "layer".charAt(i % 5);
        }
        return data;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List.of(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }
}
