package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.it.cli.Shell.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no runtime. */
class CriSettingsTest {
    @TempDir
    private Path folder;

    private static Result config(Path file, String... args) {
        String[] all = new String[args.length + 4];
        System.arraycopy(new String[] {"cri", "config", "-c", file.toString()}, 0, all, 0, 4);
        System.arraycopy(args, 0, all, 4, args.length);
        return davit(all);
    }

    @Test
    void settings_of_crictl_are_shown_and_changed_and_the_rest_of_the_file_stays() throws IOException {
        Path file = Files.writeString(
                folder.resolve("crictl.yaml"),
                "# ours\nruntime-endpoint: \"unix:///run/a.sock\" # for now\ndebug: true\nother: 1\n");

        assertThat(config(file, "--get", "runtime-endpoint").out()).isEqualTo("unix:///run/a.sock\n");
        assertThat(config(file, "--get", "timeout").out()).isEqualTo("0\n");
        assertThat(config(file, "--set", "debug=false,timeout=10").exitCode()).isZero();
        assertThat(config(file, "--list").out()).containsPattern("debug +false").containsPattern("timeout +10");
        assertThat(file)
                .hasContent(
                        "# ours\nruntime-endpoint: \"unix:///run/a.sock\" # for now\ndebug: false\nother: 1\ntimeout: 10\n");

        Path fresh = folder.resolve("new.yaml");
        assertThat(config(fresh, "--set", "image-endpoint=unix:///run/b.sock").exitCode())
                .isZero();
        assertThat(fresh).hasContent("image-endpoint: unix:///run/b.sock\n");
    }

    @Test
    void settings_that_crictl_does_not_know_are_refused() {
        Path file = folder.resolve("crictl.yaml");
        Result unknown = config(file, "--set", "runtime-endpiont=x");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).hasLineCount(1).contains("expected one of [runtime-endpoint, ");
        assertThat(file).doesNotExist();
        assertThat(config(file).exitCode()).isEqualTo(2);
        assertThat(config(file, "--list", "--get", "debug").exitCode()).isEqualTo(2);
    }

    @Test
    void bash_completes_commands_and_options() throws IOException {
        Parts.require("bash");
        Path script = Files.writeString(
                folder.resolve("completion"), davit("completion", "bash").out());
        assertThat(davit("cri", "completion").out()).isEqualTo(Files.readString(script));

        assertThat(completed(script, "davit", "cri", "inspec").split("\\s+"))
                .contains("inspect", "inspecti", "inspectp");
        assertThat(completed(script, "davit", "cri", "ps", "--lat")).contains("--latest");
        assertThat(completed(script, "davit", "comple")).contains("completion");
    }

    private static String completed(Path script, String... words) {
        return Command.of(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                                + (words.length - 1) + "; COMP_LINE=\"${COMP_WORDS[*]}\"; _complete_davit;"
                                + " printf '%s\\n' \"${COMPREPLY[@]}\"")
                .run()
                .strip();
    }
}
