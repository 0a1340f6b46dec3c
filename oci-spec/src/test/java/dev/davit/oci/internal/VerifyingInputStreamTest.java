package dev.davit.oci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyingInputStreamTest {
    private final byte[] content = new byte[100_000];
    private final Descriptor descriptor;

    VerifyingInputStreamTest() {
        new Random(1).nextBytes(content);
        descriptor = Descriptor.of(MediaType.OCTET_STREAM, content);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096, 99_999, 100_000, 200_000})
    void hands_out_the_right_bytes(int chunk) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream in = verifying(content, descriptor)) {
            byte[] buffer = new byte[chunk];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                read.write(buffer, 0, n);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(read.toByteArray()).isEqualTo(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 4096, 100_000, 200_000})
    void never_hands_out_the_last_byte_of_wrong_content(int chunk) throws IOException {
        byte[] wrong = content.clone();
        wrong[0] ^= 1;
        long delivered = 0;
        try (InputStream in = verifying(wrong, descriptor)) {
            byte[] buffer = new byte[chunk];
            while (true) {
                delivered += in.read(buffer);
            }
        } catch (IntegrityException e) {
            assertThat(e.expected()).isEqualTo(descriptor.digest().toString());
            assertThat(e.actual()).isEqualTo(Digest.sha256(wrong).toString());
        }
        assertThat(delivered).isLessThan(content.length);
    }

    @Test
    void fails_again_for_a_reader_that_tries_again() {
        byte[] wrong = content.clone();
        wrong[99_999] ^= 1;
        InputStream in = verifying(wrong, descriptor);

        assertThatThrownBy(in::readAllBytes).isInstanceOf(IntegrityException.class);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(in::read).isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void fails_again_where_the_end_could_not_be_read() {
        InputStream broken = new SequenceInputStream(new ByteArrayInputStream(content), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("lost");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        });
        InputStream in = VerifyingInputStream.of(broken, descriptor, "here");

        assertThatThrownBy(in::readAllBytes).hasMessageContaining("lost");
        assertThatThrownBy(in::read).hasMessageContaining("lost");
    }

    @Test
    void closes_what_it_cannot_verify() {
        boolean[] closed = {false};
        InputStream in = new ByteArrayInputStream(content) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        Descriptor unknown = Descriptor.of(MediaType.OCTET_STREAM, Digest.parse("md5:abc"), 5);

        assertThatThrownBy(() -> VerifyingInputStream.of(in, unknown, "here")).isInstanceOf(IntegrityException.class);
        assertThat(closed[0]).isTrue();
    }

    @Test
    void refuses_content_that_is_too_short_or_too_long() {
        byte[] shorter = Arrays.copyOf(content, content.length - 1);
        byte[] longer = Arrays.copyOf(content, content.length + 1);

        assertThatThrownBy(() -> verifying(shorter, descriptor).readAllBytes())
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("expected 100000 bytes, got 99999 bytes");
        assertThatThrownBy(() -> verifying(longer, descriptor).readAllBytes())
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("expected 100000 bytes");
    }

    @Test
    void verifies_content_without_bytes_too() throws IOException {
        Descriptor empty = Descriptor.of(MediaType.OCTET_STREAM, new byte[0]);
        Descriptor lie = Descriptor.of(MediaType.OCTET_STREAM, descriptor.digest(), 0);

        assertThat(verifying(new byte[0], empty).readAllBytes()).isEmpty();
        assertThatThrownBy(() -> verifying(new byte[0], lie).readAllBytes()).isInstanceOf(IntegrityException.class);
        assertThatThrownBy(() -> verifying(new byte[1], empty).readAllBytes()).isInstanceOf(IntegrityException.class);
    }

    @Test
    void bytes_that_are_skipped_count_too() throws IOException {
        InputStream in = verifying(content, descriptor);

        assertThat(in.skip(50_000)).isEqualTo(50_000);
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 50_000, 100_000));
    }

    @Test
    void does_not_verify_twice() {
        InputStream once = verifying(content, descriptor);

        assertThat(VerifyingInputStream.of(once, descriptor, "there")).isSameAs(once);
        assertThat(VerifyingInputStream.of(
                        once, Descriptor.of(MediaType.OCTET_STREAM, descriptor.digest(), 1), "there"))
                .isNotSameAs(once);
    }

    @Test
    void says_how_far_it_is() throws IOException {
        List<Long> seen = new ArrayList<>();
        InputStream in = VerifyingInputStream.of(new ByteArrayInputStream(content), descriptor, "here")
                .onProgress(seen::add);

        in.readNBytes(10);
        in.readAllBytes();

        assertThat(seen).isSorted().startsWith(10L).endsWith(100_000L);
    }

    private static VerifyingInputStream verifying(byte[] bytes, Descriptor descriptor) {
        return VerifyingInputStream.of(new ByteArrayInputStream(bytes), descriptor, "here");
    }
}
