package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void computes_sha256() {
        assertThat(Digest.sha256(new byte[0])).hasToString("sha256:" + EMPTY);
        assertThat(Digest.sha256("{}".getBytes(UTF_8)))
                .hasToString("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }

    @Test
    void verifies_sha512() {
        Digest digest = Digest.parse("sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");

        assertThat(digest.matches(new byte[0])).isTrue();
        assertThat(digest.matches(new byte[1])).isFalse();
    }

    @Test
    void verifies_sha384() {
        Digest digest = Digest.parse("sha384:38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
                + "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b");

        assertThat(digest.matches(new byte[0])).isTrue();
        assertThat(digest.matches(new byte[1])).isFalse();
    }

    @Test
    void takes_512_characters_and_no_more() {
        assertThat(Digest.parse("x:" + "a".repeat(510)).encoded()).hasSize(510);
        assertThatThrownBy(() -> Digest.parse("x:" + "a".repeat(511))).isInstanceOf(MalformedContentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256:" + EMPTY,
                "blake3:" + EMPTY,
                "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
                "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564"
            })
    void carries_registered_and_unknown_algorithms(String text) {
        assertThat(Digest.parse(text)).hasToString(text).isEqualTo(Digest.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "sha256",
                "sha256:",
                ":" + EMPTY,
                "sha256:" + EMPTY + "0",
                "sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:../../../../etc/passwd",
                "SHA256:" + EMPTY,
                "sha256:" + EMPTY + "\n",
                "blake3:" + EMPTY + "00",
                "sha384:" + EMPTY,
                "sha512:" + EMPTY,
                "../x:abc",
                "a--b:abc",
                "x:a/b"
            })
    void refuses_what_is_no_digest(String text) {
        assertThatThrownBy(() -> Digest.parse(text))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageStartingWith("digest: expected ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void refuses_to_verify_an_unknown_algorithm() {
        Digest digest = Digest.parse("sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709");

        assertThat(digest.isVerifiable()).isFalse();
        assertThatThrownBy(() -> digest.matches(new byte[0]))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("sha256, sha384, sha512, blake3), got sha1");
    }
}
