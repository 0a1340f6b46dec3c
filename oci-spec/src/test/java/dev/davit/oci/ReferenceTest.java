package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @ParameterizedTest
    @CsvSource({
        "ubuntu,                              docker.io/library/ubuntu:latest",
        "ubuntu:22.04,                        docker.io/library/ubuntu:22.04",
        "acme/server,                         docker.io/acme/server:latest",
        "docker.io/ubuntu,                    docker.io/library/ubuntu:latest",
        "index.docker.io/library/ubuntu,      docker.io/library/ubuntu:latest",
        "registry-1.docker.io/library/ubuntu, registry-1.docker.io/library/ubuntu:latest",
        "localhost/x,                         localhost/x:latest",
        "localhost:5000/x:1,                  localhost:5000/x:1",
        "registry.example/acme/server:1.4.0,  registry.example/acme/server:1.4.0",
        "127.0.0.1:5000/a/b/c/d,              127.0.0.1:5000/a/b/c/d:latest",
        "[::1]:5000/x:1,                      '[::1]:5000/x:1'",
        "[2001:db8::1]/x,                     '[2001:db8::1]/x:latest'",
        "Registry/x,                          Registry/x:latest",
        "registry.example/a__b-c.d,           registry.example/a__b-c.d:latest",
        "host:5000/x:Tag_1.2-3,               host:5000/x:Tag_1.2-3",
    })
    void completes_what_people_write(String text, String complete) {
        assertThat(Reference.parse(text)).hasToString(complete);
        assertThat(Reference.parse(complete)).isEqualTo(Reference.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io/library/ubuntu:22.04,      ubuntu:22.04",
        "acme/server,                         acme/server:latest",
        "library/a/b,                         library/a/b:latest",
        "registry.example/library/x:1,        registry.example/library/x:1",
        "docker.io/registry.example/x:1,      docker.io/registry.example/x:1",
        "docker.io/localhost/x:1,             docker.io/localhost/x:1",
    })
    void gives_the_short_form_where_it_means_the_same(String text, String familiar) {
        Reference reference = Reference.parse(text);

        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(Reference.parse(familiar)).isEqualTo(reference);
    }

    @Test
    void keeps_tag_and_digest_and_asks_for_the_digest() {
        Reference reference = Reference.parse("registry.example/acme/server:1.4@" + DIGEST);

        assertThat(reference.tag()).contains("1.4");
        assertThat(reference.digest()).contains(Digest.parse(DIGEST));
        assertThat(reference.identifier()).isEqualTo(DIGEST);
        assertThat(reference).hasToString("registry.example/acme/server:1.4@" + DIGEST);
    }

    @Test
    void needs_no_tag_beside_a_digest() {
        assertThat(Reference.parse("x@" + DIGEST).tag()).isEmpty();
    }

    @Test
    void changes_tag_and_digest() {
        Reference reference = Reference.parse("localhost:5000/x:1");

        assertThat(reference.withTag("2")).hasToString("localhost:5000/x:2");
        assertThat(reference.withDigest(Digest.parse(DIGEST))).hasToString("localhost:5000/x@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":1",
                "/x",
                "x/",
                "UPPER",
                "acme/UPPER",
                "a//b",
                "a/../b",
                "x:",
                "x:a b",
                "x@sha256:abc",
                "https://registry.example/x",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "host:port/x",
                "host:0/x",
                "host:00000/x",
                "host:65536/x",
                "host:100000/x",
                "-host.example/x",
                "[::1%eth0]:5000/x",
                "x\n",
                "a_-b",
                "a___b",
                ".a",
                "a."
            })
    void refuses_what_is_no_reference(String text) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refuses_names_and_tags_that_are_too_long() {
        assertThat(Reference.parse("localhost/" + "a".repeat(245))).isNotNull();
        assertThatThrownBy(() -> Reference.parse("localhost/" + "a".repeat(246)))
                .hasMessageContaining("255");
        assertThat(Reference.parse("x:" + "t".repeat(128))).isNotNull();
        assertThatThrownBy(() -> Reference.parse("x:" + "t".repeat(129))).isInstanceOf(MalformedContentException.class);
    }
}
