package dev.davit.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Parts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code davit cri exec} at a real terminal. */
@Timeout(60)
class CriTerminalTest {
    private static final String CTRL_C = "\u0003";

    @TempDir
    private static Path work;

    private static ShellNode node;
    private static String container;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start_a_container() throws Exception {
        Parts.require("script", "stty");
        node = ShellNode.start(work);
        container = node.running("shell", "exec sleep 1000");
    }

    @AfterAll
    static void stop_containerd() {
        if (node != null) {
            node.removePods();
            node.close();
        }
    }

    private AtTerminal exec(String before, String... arguments) throws Exception {
        List<String> all = node.arguments("exec");
        all.addAll(List.of(arguments));
        return AtTerminal.davit(folder, before, all);
    }

    @Test
    void keys_and_sizes_go_to_the_command_and_the_terminal_comes_back() throws Exception {
        try (AtTerminal terminal = exec("", "-it", container, "/bin/sh")) {
            terminal.await("# ");
            assertThat(terminal.stty("-a")).contains("-icanon", "-echo ");
            terminal.type("echo a$((40+2))b; stty size\n");
            terminal.await("a42b\r+\n24 80\r");

            terminal.type("echo sleeps; sleep 1000\n");
            terminal.await("\nsleeps\r");
            terminal.type(CTRL_C);
            terminal.type("echo got $?\n");
            terminal.await("\ngot 130\r");

            terminal.stty("rows", "41", "cols", "101");
            terminal.type("until stty size | grep '41 101'; do sleep 0.1; done; exit 7\n");
            terminal.await("\n41 101\r");
            terminal.await("\ncode 7\r\nrestored\r");
        }
    }

    @Test
    void a_signal_to_davit_gives_the_terminal_back_too() throws Exception {
        try (AtTerminal terminal = exec("", "-it", container, "/bin/sh")) {
            terminal.await("# ");
            assertThat(terminal.stty("-a")).contains("-icanon");
            terminal.terminate();
            terminal.await("code 143\r\nrestored\r");
        }
    }

    @Test
    void a_terminal_whose_keys_are_not_the_input_stays_as_it_is() throws Exception {
        String producer = "{ echo 'echo x$((1+1))y'; while [ ! -e go ]; do sleep 0.1; done; echo 'exit 3'; } | ";
        try (AtTerminal terminal = exec(producer, "-it", container, "/bin/sh")) {
            terminal.await("x2y");
            assertThat(terminal.stty("-a")).contains(" icanon", " echo ");
            terminal.make("go");
            terminal.await("code 3\r\nrestored\r");
        }
    }

    @Test
    void without_input_keys_are_ours() throws Exception {
        try (AtTerminal terminal = exec("", "-t", container, "/bin/sh", "-c", "echo up; exec sleep 1000")) {
            terminal.await("up\r");
            assertThat(terminal.stty("-a")).contains(" icanon", " echo ");
            terminal.type(CTRL_C);
            terminal.await("code 130\r\nrestored\r");
        }
    }
}
