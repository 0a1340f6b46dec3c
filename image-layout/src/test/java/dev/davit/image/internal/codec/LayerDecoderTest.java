package dev.davit.image.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.davit.image.Compression;
import dev.davit.image.RawTar;
import dev.davit.image.UnverifiedBlob;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.ByteBlob;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("jdk25")
class LayerDecoderTest {
    private static final byte[] TAR = RawTar.tar().file("a", "content").bytes();
    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 20, 1000);

    @ParameterizedTest
    @EnumSource
    void what_was_encoded_comes_out_with_its_diff_id(Compression compression) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LayerEncoder encoder = new LayerEncoder(out, compression, compression.defaultLevel())) {
            encoder.write(TAR);
            assertThat(encoder.finish()).isEqualTo(Digest.sha256(TAR));
        }

        try (LayerDecoder decoder = open(out.toByteArray())) {
            assertThat(decoder.compression()).isEqualTo(compression);
            assertThat(decoder.readNBytes(100)).isEqualTo(Arrays.copyOf(TAR, 100));
            assertThat(decoder.finish()).isEqualTo(Digest.sha256(TAR));
            assertThat(decoder.count()).isEqualTo(TAR.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_decoded_ahead_has_the_same_bytes_digests_and_limits(Compression compression) throws IOException {
        Random random = new Random(3);
        StringBuilder noise = new StringBuilder();
        while (noise.length() < 900_000) {
            noise.append(Integer.toString(random.nextInt(), Character.MAX_RADIX));
        }
        byte[] archive = RawTar.tar().file("noise", noise.toString()).bytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LayerEncoder encoder = new LayerEncoder(out, compression, compression.defaultLevel())) {
            encoder.write(archive);
            encoder.finish();
        }
        byte[] stored = out.toByteArray();

        try (LayerDecoder decoder = open(stored)) {
            decoder.readAhead();
            assertThat(decoder.readNBytes(archive.length)).isEqualTo(archive);
            assertThat(decoder.finish()).isEqualTo(Digest.sha256(archive));
            assertThat(decoder.count()).isEqualTo(archive.length);
        }
        DecodeLimits tight = new DecodeLimits(archive.length - 1, 1000);
        Blob blob = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, stored), stored);
        try (LayerDecoder decoder = LayerDecoder.open(blob, tight, Digester.sha256())) {
            decoder.readAhead();
            assertThatThrownBy(decoder::finish).isInstanceOf(LimitExceededException.class);
        }
        Descriptor other = Descriptor.of(MediaType.OCI_LAYER, new byte[stored.length]);
        try (LayerDecoder decoder = LayerDecoder.open(new UnverifiedBlob(other, stored), LIMITS, Digester.sha256())) {
            decoder.readAhead();
            assertThatThrownBy(decoder::finish).isInstanceOf(IntegrityException.class);
        }
        try (LayerDecoder decoder = open(stored)) {
            decoder.readAhead();
            Thread.currentThread().interrupt();
            assertThatThrownBy(decoder::finish)
                    .isInstanceOfSatisfying(
                            TransferException.class, e -> assertThat(e.side()).isEqualTo(Side.CALLER));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_same_bytes_in_other_pieces_give_the_same_layer(Compression compression) throws IOException {
        byte[] data = new byte[500_000];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * i / 1000);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (LayerEncoder encoder = new LayerEncoder(whole, compression, compression.defaultLevel())) {
            encoder.write(data);
            encoder.finish();
        }
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        try (LayerEncoder encoder = new LayerEncoder(pieces, compression, compression.defaultLevel())) {
            for (int at = 0; at < data.length; ) {
                int n = Math.min(1 + at % 777, data.length - at);
                encoder.write(data, at, n);
                at += n;
            }
            encoder.finish();
        }
        assertThat(pieces.toByteArray()).isEqualTo(whole.toByteArray());
    }

    @Test
    void zstd_may_have_many_frames_some_to_be_skipped() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3});
        out.writeBytes(Zstd.compress(Arrays.copyOf(TAR, 700)));
        out.writeBytes(new byte[] {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0});
        out.writeBytes(Zstd.compress(Arrays.copyOfRange(TAR, 700, TAR.length)));
        out.writeBytes(new byte[] {0x5f, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9});

        try (LayerDecoder decoder = open(out.toByteArray())) {
            assertThat(decoder.compression()).isEqualTo(Compression.ZSTD);
            assertThat(decoder.finish()).isEqualTo(Digest.sha256(TAR));
        }
    }

    @Test
    void t39_broken_zstd_is_refused() throws IOException {
        byte[] zstd = Zstd.compress(TAR, 3);
        refused(Arrays.copyOf(zstd, zstd.length - 1), "zstd");
        refused(Arrays.copyOf(zstd, zstd.length + 1), "zstd");
        refused(Arrays.copyOf(zstd, zstd.length + 100), "zstd");
        ByteArrayOutputStream checked = new ByteArrayOutputStream();
        try (ZstdOutputStream out = new ZstdOutputStream(checked).setChecksum(true)) {
            out.write(TAR);
        }
        byte[] wrong = checked.toByteArray();
        wrong[wrong.length - 1] ^= 1;
        refused(wrong, "zstd");
    }

    @Test
    void t39_every_cut_of_zstd_is_noticed() throws IOException {
        byte[] frame = Zstd.compress(Arrays.copyOf(TAR, 700));
        byte[] skipped = {0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(frame);
        out.writeBytes(skipped);
        out.writeBytes(frame);
        byte[] zstd = out.toByteArray();
        for (int length = 4; length < zstd.length; length++) {
            if (length != frame.length && length != frame.length + skipped.length) {
                refused(Arrays.copyOf(zstd, length), "zstd");
            }
        }
    }

    @Test
    void t39_a_frame_that_lies_about_its_length_is_refused() {
        byte[] zstd = Zstd.compress(TAR);
        // the frame has one segment, and two bytes for what is above 256
        assertThat(zstd[4] & 0xe0).isEqualTo(0x60);
        for (int change : new int[] {-1, 1, 100}) {
            byte[] lie = zstd.clone();
            int length = (lie[5] & 0xff) + ((lie[6] & 0xff) << 8) + change;
            lie[5] = (byte) length;
            lie[6] = (byte) (length >> 8);
            refused(lie, "zstd");
        }
    }

    @Test
    void t39_a_window_of_two_gib_is_refused() {
        byte[] zstd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) ((31 - 10) << 3), 0, 0, 0};

        refused(zstd, "zstd");
    }

    @Test
    void t40_output_is_bounded_in_every_compression() throws IOException {
        byte[] zeros = new byte[2 << 20];
        refused(zeros, "limit on bytes");
        refused(Zstd.compress(zeros), "limit on bytes");
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GzipEncoder out = new GzipEncoder(gzip, 6)) {
            out.write(zeros);
        }
        refused(gzip.toByteArray(), "limit on bytes");
    }

    @Test
    void t40_a_ratio_counts_only_for_what_is_large() {
        DecodeLimits limits = new DecodeLimits(Long.MAX_VALUE, 100);

        limits.check(DecodeLimits.RATIO_FROM, 1);
        limits.check(DecodeLimits.RATIO_FROM * 4, DecodeLimits.RATIO_FROM);
        assertThatThrownBy(() -> limits.check(DecodeLimits.RATIO_FROM + 1, 1))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("limit on the ratio");
    }

    @Test
    void stored_bytes_are_verified_to_the_last() {
        byte[] wrong = TAR.clone();
        wrong[wrong.length - 1] = 1;
        Descriptor descriptor = Descriptor.of(MediaType.OCI_LAYER, TAR);

        assertThatThrownBy(() -> finish(new ByteBlob(descriptor, wrong))).isInstanceOf(IntegrityException.class);
    }

    @Test
    void a_source_that_fails_is_told_from_broken_content() {
        Descriptor descriptor = Descriptor.of(MediaType.OCI_LAYER, TAR);
        Blob failing = new Blob() {
            @Override
            public Descriptor descriptor() {
                return descriptor;
            }

            @Override
            public InputStream open() {
                return new SequenceInputStream(new ByteArrayInputStream(TAR, 0, 700), new FailingInputStream());
            }

            @Override
            public InputStream openRange(long from, long length) {
                return open();
            }
        };
        assertThatThrownBy(() -> finish(failing))
                .isInstanceOf(TransferException.class)
                .hasMessage("cannot read " + descriptor + ": connection reset");
    }

    @ParameterizedTest
    @EnumSource
    void a_blob_of_ones_own_is_not_trusted(Compression compression) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LayerEncoder encoder = new LayerEncoder(out, compression, compression.defaultLevel())) {
            encoder.write(TAR);
            encoder.finish();
        }
        byte[] stored = out.toByteArray();
        byte[] other = new byte[stored.length];
        Descriptor descriptor = Descriptor.of(MediaType.OCI_LAYER, other);
        Blob unverified = new UnverifiedBlob(descriptor, stored);

        assertThatThrownBy(() -> finish(unverified))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(descriptor.digest().toString());
    }

    private static void refused(byte[] stored, String message) {
        Blob blob = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, stored), stored);
        assertThatThrownBy(() -> finish(blob))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(message);
    }

    private static void finish(Blob blob) throws IOException {
        try (LayerDecoder decoder = LayerDecoder.open(blob, LIMITS, Digester.sha256())) {
            decoder.finish();
        }
    }

    private static LayerDecoder open(byte[] stored) throws IOException {
        return LayerDecoder.open(
                new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, stored), stored), LIMITS, Digester.sha256());
    }

    private static final class FailingInputStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return read();
        }
    }
}
