package dev.davit.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs Jazzer on a class with a method {@code fuzzerTestOneInput}, in a JVM of its own: its agent and its native part
 * stay out of the other tests. An input that breaks what must hold is kept beside the reports.
 */
final class Fuzzer {
    /** Enough for any document, and small enough to notice what an input makes of it. */
    private static final String HEAP = "-Xmx256m";

    private Fuzzer() {}

    /**
     * Fuzzes, and fails if something was found.
     *
     * @param target the class
     * @param seeds inputs to start from
     * @param runs how many inputs are tried
     * @param minutes how long that may take
     * @param work a folder for the corpus, which grows
     */
    static void run(Class<?> target, List<byte[]> seeds, int runs, int minutes, Path work) throws IOException {
        Path corpus = Files.createDirectories(work.resolve("corpus"));
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
        Path findings = Files.createDirectories(
                Path.of("target", "fuzz", target.getSimpleName()).toAbsolutePath());
        Command.Result result = Command.java(
                        HEAP,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=dev.davit.**",
                        "--reproducer_path=" + findings,
                        "-artifact_prefix=" + findings + "/",
                        "-seed=1",
                        "-runs=" + runs,
                        "-timeout=10",
                        "-max_len=4096",
                        corpus.toString())
                .within(minutes)
                .runAnyhow();
        assertThat(result.errors())
                .as("inputs that break what must hold are in %s", findings)
                .contains("Done " + runs + " runs");
    }
}
