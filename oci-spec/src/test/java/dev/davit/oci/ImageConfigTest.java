package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageConfigTest {
    private static final Digest DIFF_ID = Digest.sha256(new byte[] {1});
    private static final String FROM_DOCKER = """
            {"architecture":"arm","os":"linux","variant":"v7","os.features":["x"],"docker_version":"20.10",
             "created":"2024-02-29T23:59:59.123456789+02:00",
             "config":{"Hostname":"","Entrypoint":null,"Cmd":["sh"],"Env":["PATH=/bin"],"ArgsEscaped":true,
                       "ExposedPorts":{"80/tcp":{}},"Labels":null,"OnBuild":["RUN x"]},
             "rootfs":{"type":"layers","diff_ids":["%s"]},
             "history":[{"created_by":"a","empty_layer":true,"x":1},{"created_by":"b"}]}""".formatted(DIFF_ID);

    @Test
    void reads_what_docker_writes() {
        ImageConfig config = ImageConfig.parse(MediaType.DOCKER_CONFIG, FROM_DOCKER.getBytes(UTF_8));

        assertThat(config.platform()).hasToString("linux(+x)/arm/v7");
        assertThat(config.created()).contains(Instant.parse("2024-02-29T21:59:59.123456789Z"));
        assertThat(config.execution().entrypoint()).isEmpty();
        assertThat(config.execution().cmd()).containsExactly("sh");
        assertThat(config.execution().exposedPorts()).containsExactly("80/tcp");
        assertThat(config.diffIds()).containsExactly(DIFF_ID);
        assertThat(config.history()).extracting(History::emptyLayer).containsExactly(true, false);
    }

    @Test
    void an_edit_keeps_what_it_does_not_know() {
        ImageConfig config = ImageConfig.parse(MediaType.DOCKER_CONFIG, FROM_DOCKER.getBytes(UTF_8));

        String edited = new String(
                config.toBuilder()
                        .execution(e -> e.user("65532").env("PATH", "/sbin"))
                        .addHistory(History.of(null, "c"))
                        .build()
                        .toBytes(),
                UTF_8);

        assertThat(edited)
                .contains("\"docker_version\":\"20.10\"")
                .contains("\"ArgsEscaped\":true", "\"OnBuild\":[\"RUN x\"]", "\"Hostname\":\"\"")
                .contains("\"Env\":[\"PATH=/sbin\"]", "\"User\":\"65532\"")
                .contains("\"empty_layer\":true,\"x\":1", "{\"created_by\":\"c\"}");
    }

    @Test
    void what_is_built_is_canonical_and_reads_back() {
        ImageConfig built = ImageConfig.builder(Platform.LINUX_AMD64)
                .execution(e -> e.cmd("b").entrypoint("a"))
                .diffIds(List.of(DIFF_ID))
                .created(Instant.EPOCH)
                .build();

        assertThat(new String(built.toBytes(), UTF_8))
                .isEqualTo("{\"created\":\"1970-01-01T00:00:00Z\",\"architecture\":\"amd64\",\"os\":\"linux\","
                        + "\"config\":{\"Entrypoint\":[\"a\"],\"Cmd\":[\"b\"]},"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + DIFF_ID + "\"]}}");
        assertThat(ImageConfig.parse(built.toBytes()).execution().entrypoint()).containsExactly("a");
    }

    @Test
    void refuses_a_time_that_is_none() {
        assertThatThrownBy(() -> ImageConfig.parse("{\"created\":\"yesterday\"}".getBytes(UTF_8)))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("image config at /created: time: expected RFC 3339");
    }

    @Test
    void refuses_times_that_no_document_can_say() {
        for (Instant time : List.of(Instant.MAX, Instant.MIN, Instant.parse("+10000-01-01T00:00:00Z"))) {
            assertThatThrownBy(() -> ImageConfig.builder(Platform.LINUX_AMD64).created(time))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a year from 0 to 9999");
            assertThatThrownBy(() -> History.of(time, "x")).isInstanceOf(IllegalArgumentException.class);
        }
        Instant last = Instant.parse("9999-12-31T23:59:59.999999999Z");
        assertThat(ImageConfig.parse(ImageConfig.builder(Platform.LINUX_AMD64)
                                .created(last)
                                .build()
                                .toBytes())
                        .created())
                .contains(last);
    }
}
