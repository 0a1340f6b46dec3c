package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Blake3Test {
    private static final String EMPTY = "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

    /** Published with BLAKE3, test_vectors.json: the bytes 0, 1, 2 … 250, 0, 1 … of some length. */
    @ParameterizedTest
    @CsvSource({
        "0,    af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
        "1,    2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
        "1024, 42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
        "1025, d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
    })
    void verifies_the_published_vectors(int length, String hash) {
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++) {
            content[i] = (byte) (i % 251);
        }
        Digest digest = Digest.parse("blake3:" + hash);

        assertThat(digest.isVerifiable()).isTrue();
        assertThat(digest.matches(content)).isTrue();
        assertThat(digest.matches(new byte[length + 1])).isFalse();
        Digester digester = digest.newDigester();
        for (byte one : content) {
            digester.update(new byte[] {one}, 0, 1);
        }
        assertThat(digester.digest()).isEqualTo(digest);
    }

    /** As in an application without Bouncy Castle. */
    @Test
    void without_the_library_it_is_carried_and_verification_names_what_is_missing() throws Exception {
        URL classes = Digest.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader bare = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = bare.loadClass("dev.davit.oci.Digest");
            Object digest = type.getMethod("parse", String.class).invoke(null, EMPTY);

            assertThat(digest).hasToString(EMPTY);
            assertThat(type.getMethod("isVerifiable").invoke(digest)).isEqualTo(false);
            assertThatThrownBy(() -> type.getMethod("newDigester").invoke(digest))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessageContaining("blake3 without the library org.bouncycastle:bcprov-jdk18on")
                    .extracting(e -> e.getClass().getName())
                    .isEqualTo("dev.davit.oci.IntegrityException");
            Object sha512 = type.getMethod("parse", String.class).invoke(null, "sha512:" + "0".repeat(128));
            assertThat(type.getMethod("isVerifiable").invoke(sha512)).isEqualTo(true);
        }
    }
}
