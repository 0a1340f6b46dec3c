package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LosslessTest {
    static List<Long> seeds() {
        return java.util.stream.LongStream.range(0, 300).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_manifest_survives_parsing_and_editing(long seed) {
        byte[] bytes = new RandomDocuments(seed).manifest();
        Manifest manifest = Manifest.parse(bytes);
        Map<String, String> changed = new LinkedHashMap<>(manifest.annotations());
        changed.put("added", "é");

        assertThat(manifest.toBytes()).isEqualTo(bytes);
        assertThat(text(manifest.toBuilder().build())).isEqualTo(compact(bytes));
        Manifest edited = Manifest.parse(manifest.toBuilder()
                .annotations(changed)
                .addLayer(Descriptor.EMPTY)
                .build()
                .toBytes());
        assertThat(edited.annotations()).containsExactlyEntriesOf(changed);
        assertThat(edited.config()).isEqualTo(manifest.config());
        assertThat(edited.subject()).isEqualTo(manifest.subject());
        Manifest back = edited.toBuilder()
                .annotations(manifest.annotations())
                .layers(manifest.layers())
                .build();
        assertThat(back.layers()).isEqualTo(manifest.layers());
        assertThat(back.annotations()).containsExactlyEntriesOf(manifest.annotations());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_index_survives_parsing_and_editing(long seed) {
        byte[] bytes = new RandomDocuments(seed).index();
        Index index = Index.parse(bytes);

        assertThat(index.toBytes()).isEqualTo(bytes);
        assertThat(text(index.toBuilder().build())).isEqualTo(compact(bytes));
        if (text(index.toBuilder().build()).contains("\"manifests\":[")) {
            // each entry is written as it was read, without the white space between its own members
            assertThat(compact(index.toBuilder()
                            .manifests(index.manifests())
                            .build()
                            .toBytes()))
                    .isEqualTo(compact(bytes));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_configuration_survives_parsing_and_editing(long seed) {
        byte[] bytes = new RandomDocuments(seed).config();
        ImageConfig config = ImageConfig.parse(bytes);

        assertThat(config.toBytes()).isEqualTo(bytes);
        assertThat(text(config.toBuilder().build())).isEqualTo(compact(bytes));
        ImageConfig edited = ImageConfig.parse(config.toBuilder()
                .execution(e -> e.env("ADDED", "1"))
                .addHistory(History.of(null, "added"))
                .diffIds(config.diffIds())
                .build()
                .toBytes());
        assertThat(edited.execution().env())
                .endsWith("ADDED=1")
                .hasSize(config.execution().env().size() + 1);
        assertThat(edited.execution().labels()).isEqualTo(config.execution().labels());
        assertThat(edited.history().subList(0, config.history().size())).isEqualTo(config.history());
        assertThat(edited.diffIds()).isEqualTo(config.diffIds());
        assertThat(edited.platform()).isEqualTo(config.platform());
    }

    /** Edits a document without changing anything. */
    static Document rebuilt(Document document) {
        if (document instanceof Manifest manifest) {
            return manifest.toBuilder().build();
        }
        if (document instanceof Index index) {
            return index.toBuilder().build();
        }
        return document instanceof ImageConfig config ? config.toBuilder().build() : document;
    }

    private static String text(Document document) {
        return compact(document.toBytes());
    }

    /** Takes away the white space outside of strings. */
    static String compact(byte[] json) {
        StringBuilder out = new StringBuilder();
        boolean string = false;
        String text = new String(json, UTF_8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (string || !Character.isWhitespace(c)) {
                out.append(c);
            }
            if (string && c == '\\') {
                out.append(text.charAt(++i));
            } else if (c == '"') {
                string = !string;
            }
        }
        return out.toString();
    }

    @Test
    void what_is_built_does_not_depend_on_the_order_of_maps() {
        Map<String, String> one = new LinkedHashMap<>();
        Map<String, String> other = new LinkedHashMap<>();
        for (int i = 0; i < 50; i++) {
            one.put("key" + i, "v");
            other.put("key" + (49 - i), "v");
        }

        assertThat(labels(one)).isEqualTo(labels(other)).isEqualTo(labels(new HashMap<>(one)));
        assertThat(List.copyOf(
                        ImageConfig.parse(labels(one)).execution().labels().keySet()))
                .isSorted();
    }

    private static byte[] labels(Map<String, String> labels) {
        return ImageConfig.builder(Platform.LINUX_AMD64)
                .execution(e -> e.labels(labels).volumes(List.copyOf(labels.keySet())))
                .build()
                .toBytes();
    }

    @Test
    void every_property_of_a_configuration_can_be_set_and_reads_back() {
        Healthcheck check = Healthcheck.builder("CMD", "/bin/check")
                .interval(Duration.ofSeconds(30))
                .timeout(Duration.ofMillis(1))
                .startPeriod(Duration.ofNanos(7))
                .startInterval(Duration.ofSeconds(5))
                .retries(3)
                .build();
        History step = History.builder()
                .created(Instant.EPOCH)
                .author("a")
                .createdBy("b")
                .comment("c")
                .emptyLayer(true)
                .build();
        ImageConfig built = ImageConfig.builder(Platform.parse("linux/arm/v7"))
                .created(Instant.EPOCH)
                .author("me")
                .execution(e -> e.user("1:1")
                        .exposedPorts(List.of("80/tcp"))
                        .env(List.of("A=b"))
                        .entrypoint("/bin/a")
                        .cmd("b", "c")
                        .healthcheck(check)
                        .argsEscaped(true)
                        .volumes(List.of("/data"))
                        .workingDir("/w")
                        .onBuild(List.of("RUN x"))
                        .labels(Map.of("k", "v"))
                        .stopSignal("SIGINT")
                        .memory(1)
                        .memorySwap(-1)
                        .cpuShares(3)
                        .shell("/bin/sh", "-c"))
                .history(List.of(step))
                .build();

        ImageConfig read = ImageConfig.parse(built.toBytes());
        ExecutionConfig run = read.execution();

        assertThat(text(built))
                .isEqualTo("{\"created\":\"1970-01-01T00:00:00Z\",\"author\":\"me\",\"architecture\":\"arm\","
                        + "\"variant\":\"v7\",\"os\":\"linux\",\"config\":{\"User\":\"1:1\","
                        + "\"ExposedPorts\":{\"80/tcp\":{}},\"Env\":[\"A=b\"],\"Entrypoint\":[\"/bin/a\"],"
                        + "\"Cmd\":[\"b\",\"c\"],\"Healthcheck\":{\"Test\":[\"CMD\",\"/bin/check\"],"
                        + "\"Interval\":30000000000,\"Timeout\":1000000,\"StartPeriod\":7,"
                        + "\"StartInterval\":5000000000,\"Retries\":3},\"ArgsEscaped\":true,"
                        + "\"Volumes\":{\"/data\":{}},\"WorkingDir\":\"/w\",\"OnBuild\":[\"RUNx\"],"
                                .replace("RUNx", "RUN x")
                        + "\"Labels\":{\"k\":\"v\"},\"StopSignal\":\"SIGINT\",\"Memory\":1,\"MemorySwap\":-1,"
                        + "\"CpuShares\":3,\"Shell\":[\"/bin/sh\",\"-c\"]},"
                        + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"history\":[{"
                        + "\"created\":\"1970-01-01T00:00:00Z\",\"author\":\"a\",\"created_by\":\"b\","
                        + "\"comment\":\"c\",\"empty_layer\":true}]}");
        assertThat(run).isEqualTo(built.execution()).hasSameHashCodeAs(built.execution());
        assertThat(run.healthcheck()).contains(check);
        assertThat(check.interval()).contains(Duration.ofSeconds(30));
        assertThat(check.timeout()).contains(Duration.ofMillis(1));
        assertThat(check.startPeriod()).contains(Duration.ofNanos(7));
        assertThat(check.startInterval()).contains(Duration.ofSeconds(5));
        assertThat(check.retries()).hasValue(3);
        assertThat(run.argsEscaped()).isTrue();
        assertThat(run.volumes()).containsExactly("/data");
        assertThat(run.onBuild()).containsExactly("RUN x");
        assertThat(run.stopSignal()).contains("SIGINT");
        assertThat(run.memory()).hasValue(1);
        assertThat(run.memorySwap()).hasValue(-1);
        assertThat(run.cpuShares()).hasValue(3);
        assertThat(run.shell()).containsExactly("/bin/sh", "-c");
        assertThat(read.author()).contains("me");
        assertThat(read.history()).containsExactly(step);
        assertThat(step.author()).contains("a");
        assertThat(step.comment()).contains("c");
    }

    @Test
    void what_is_taken_away_is_gone() {
        byte[] empty = ImageConfig.builder(Platform.LINUX_AMD64).build().toBytes();
        ImageConfig full = ImageConfig.parse(empty).toBuilder()
                .execution(e -> e.healthcheck(
                                Healthcheck.builder("NONE").retries(1).build())
                        .argsEscaped(true)
                        .memory(1)
                        .shell("x"))
                .history(List.of(History.builder().emptyLayer(true).comment("x").build()))
                .build();
        ImageConfig bare = full.toBuilder()
                .execution(e -> e.healthcheck(null).argsEscaped(false).memory(0).shell())
                .history(List.of(full.history().get(0).toBuilder()
                        .emptyLayer(false)
                        .comment("")
                        .build()))
                .build();

        assertThat(text(bare))
                .isEqualTo(text(ImageConfig.parse(empty)).replace("}}", "},\"config\":{},\"history\":[{}]}"));
    }

    @Test
    void keeps_members_nobody_knows_inside_every_object_that_is_edited() {
        ImageConfig config = ImageConfig.parse(("{\"os\":\"linux\",\"architecture\":\"amd64\",\"x\":1,"
                        + "\"rootfs\":{\"y\":2,\"type\":\"layers\",\"diff_ids\":[]},"
                        + "\"config\":{\"Healthcheck\":{\"z\":3,\"Retries\":1}}}")
                .getBytes(UTF_8));

        assertThat(text(config.toBuilder()
                        .diffIds(List.of(Digest.parse("a:b")))
                        .execution(e -> e.healthcheck(config.execution().healthcheck().orElseThrow().toBuilder()
                                .retries(2)
                                .build()))
                        .build()))
                .isEqualTo("{\"os\":\"linux\",\"architecture\":\"amd64\",\"x\":1,"
                        + "\"rootfs\":{\"y\":2,\"type\":\"layers\",\"diff_ids\":[\"a:b\"]},"
                        + "\"config\":{\"Healthcheck\":{\"z\":3,\"Retries\":2}}}");
    }

    @Test
    void a_text_that_is_no_unicode_is_written_so_that_it_reads_back() {
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                .author("a\ud83d😀\ude00\u0000\"\\")
                .build();

        assertThat(ImageConfig.parse(config.toBytes()).author()).contains("a\ud83d😀\ude00\u0000\"\\");
    }
}
