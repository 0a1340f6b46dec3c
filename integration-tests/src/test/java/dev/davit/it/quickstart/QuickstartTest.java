package dev.davit.it.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.examples.quickstart.ProgramImage;
import dev.davit.examples.quickstart.Quickstart;
import dev.davit.it.Parts;
import dev.davit.oci.Digest;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job from end to end, as {@code bin/quickstart} runs it. */
class QuickstartTest {
    @Test
    void a_java_program_answers_from_a_pod() throws Exception {
        Parts.containerd("1.6");

        assertThat(output())
                .contains("every byte verified")
                .contains(" 0 differences")
                .contains("{\"greeting\":\"hello, world\",\"host\":\"hello\"")
                .contains("exit code 0")
                .contains("hello ends after 1 requests")
                .contains("nothing is left");
    }

    @Test
    void the_same_program_has_the_same_digest_in_another_folder_at_another_time(@TempDir Path work) throws Exception {
        Digest first = build(work.resolve("here"));
        Thread.sleep(1100); // so that a time in seconds would differ
        Digest second = build(work.resolve("there/and/deeper"));

        assertThat(second).isEqualTo(first);
    }

    private static Digest build(Path work) throws Exception {
        try (TemporaryStore store = LocalStore.temporary()) {
            return ProgramImage.build(Files.createDirectories(work), store).digest();
        }
    }

    private static String output() throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            Quickstart.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
