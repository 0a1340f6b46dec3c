package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HostileDocumentsTest {
    /** Documents that are hostile in nothing but their size, which must pass. */
    private static final String[] HARMLESS = {
        "descriptors", "one text", "one escaped text", "one wide text", "long names"
    };

    @Test
    void passes_or_refuses_every_document_in_a_heap_of_64_megabytes() throws IOException, InterruptedException {
        String classPath = Stream.of(Document.class, HostileDocuments.class, JsonFactory.class, Nullable.class)
                .map(HostileDocumentsTest::place)
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        classPath,
                        HostileDocuments.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines()).hasSize(HostileDocuments.SHAPES.size()).allMatch(line -> line.contains(": "));
        assertThat(output.lines().filter(line -> line.startsWith("read ")))
                .extracting(line -> line.substring(line.indexOf(": ") + 2))
                .containsExactlyInAnyOrder(HARMLESS);
    }

    private static String place(Class<?> type) {
        return Path.of(java.net.URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }
}
