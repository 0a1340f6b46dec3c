package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Documents that docker, buildah, skopeo, umoci and containerd made: see {@code src/test/vectors/documents.sh}. */
class RealDocumentsTest {
    static List<Path> documents() throws IOException, URISyntaxException {
        URL folder = Objects.requireNonNull(RealDocumentsTest.class.getResource("/vectors/documents"));
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            return files.sorted().toList();
        }
    }

    private static Document parse(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String kind = file.getFileName().toString().replaceAll(".*\\.(.*)\\.json", "$1");
        return switch (kind) {
            case "manifest" -> Manifest.parse(bytes);
            case "index" -> Index.parse(bytes);
            case "config" -> ImageConfig.parse(bytes);
            case "layout" -> LayoutHeader.parse(bytes);
            default -> throw new IllegalArgumentException(file.toString());
        };
    }

    @ParameterizedTest
    @MethodSource("documents")
    void are_read_and_written_without_a_difference(Path file) throws IOException {
        Document document = parse(file);

        assertThat(document.toBytes()).isEqualTo(Files.readAllBytes(file));
        assertThat(Document.parse(document.mediaType(), document.toBytes())).isEqualTo(document);
        assertThat(document.successors()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void lose_nothing_in_an_edit(Path file) throws IOException {
        Document document = parse(file);
        Document edited = LosslessTest.rebuilt(document);

        assertThat(LosslessTest.compact(edited.toBytes())).isEqualTo(LosslessTest.compact(Files.readAllBytes(file)));
    }

    @Test
    void what_docker_says_is_understood() throws IOException, URISyntaxException {
        ImageConfig config = ImageConfig.parse(Files.readAllBytes(documents().stream()
                .filter(file -> file.endsWith("docker.config.json"))
                .findFirst()
                .orElseThrow()));
        ExecutionConfig run = config.execution();

        assertThat(config.platform()).isEqualTo(Platform.LINUX_AMD64);
        assertThat(config.diffIds()).hasSize(3);
        assertThat(config.history().stream().filter(step -> !step.emptyLayer())).hasSize(3);
        assertThat(run.labels())
                .containsEntry("org.opencontainers.image.title", "größe")
                .containsEntry("quoted", "a\"b\\c");
        assertThat(run.env()).contains("GREETING=hello world", "EMPTY=");
        assertThat(run.exposedPorts()).containsExactly("8080/tcp", "9090/udp");
        assertThat(run.volumes()).containsExactly("/data", "/log");
        assertThat(run.workingDir()).contains("/srv");
        assertThat(run.user()).contains("65532:65532");
        assertThat(run.stopSignal()).contains("SIGQUIT");
        assertThat(run.shell()).containsExactly("/bin/bash", "-eo", "pipefail", "-c");
        assertThat(run.onBuild()).containsExactly("COPY . /app");
        assertThat(run.entrypoint()).containsExactly("/hello");
        assertThat(run.cmd()).containsExactly("--verbose");
        Healthcheck check = run.healthcheck().orElseThrow();
        assertThat(check.test()).containsExactly("CMD", "/hello", "--check");
        assertThat(check.interval()).contains(Duration.ofSeconds(30));
        assertThat(check.timeout()).contains(Duration.ofMillis(1500));
        assertThat(check.startPeriod()).contains(Duration.ofSeconds(5));
        assertThat(check.retries()).hasValue(3);
    }
}
