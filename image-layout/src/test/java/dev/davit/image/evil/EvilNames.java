package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.RawTar;
import dev.davit.image.UnpackReport;
import dev.davit.image.evil.Evil.Cases;
import dev.davit.image.internal.LocalNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Names that lead somewhere else, T1, T2, T8, and that are hard to spell, T34, T35. */
final class EvilNames {
    private EvilNames() {}

    static List<Evil> all() {
        Cases cases = new Cases();
        leadingUp(cases);
        absolute(cases);
        root(cases);
        spelling(cases);
        return cases.all();
    }

    private static void leadingUp(Cases cases) {
        String name = "../outside/evil";
        cases.refused("T1 name leads up", tar().file(name, "x"), "expected no \"..\"")
                .refused("T1 name leads up from the middle", tar().file("a/../../outside/evil", "x"), "\"..\"")
                .refused("T1 name leads up behind odd slashes", tar().file(".//a/./..//../outside/evil", "x"), "\"..\"")
                .refused("T1 name leads up at its end", tar().directory("a").directory("a/.."), "\"..\"")
                .refused("T1 name is only dots", tar().directory(".."), "\"..\"")
                .refused("T1 name leads up and down again", tar().file("a/../b", "x"), "\"..\"")
                .refused("T1 PAX path leads up", tar().pax("path", name).file("a", "x"), "\"..\"")
                .refused(
                        "T1 global PAX path leads up",
                        tar().globalPax("path", name).file("a", "x"),
                        "\"..\"")
                .refused("T1 GNU long name leads up", tar().longName(name).file("a", "x"), "\"..\"")
                .refused(
                        "T1 prefix of the header leads up",
                        tar().entry('0', "outside/evil", "", new byte[0], h -> RawTar.text(h, 345, 155, "..")),
                        "\"..\"")
                .refused(
                        "T1 prefix and name lead up together",
                        tar().entry('0', "./outside/evil", "", new byte[0], h -> RawTar.text(h, 345, 155, "a/../..")),
                        "\"..\"")
                .refused("T1 symbolic link's own name leads up", tar().symlink("../outside/evil", "x"), "\"..\"")
                .refused("T1 directory's name leads up", tar().directory("../outside/evil"), "\"..\"")
                .refused("T1 whiteout's name leads up", tar().whiteout("../outside/canary"), "\"..\"")
                .refused("T2 sibling whose name starts as the root's", tar().file("../root-evil/x", "x"), "\"..\"");
    }

    private static void absolute(Cases cases) {
        cases.unpacked(
                        "T1 absolute name is below the root",
                        outside -> Evil.layers(tar().file(outside + "/evil", "x")),
                        (root, report) -> assertThat(inside(root, "evil")).hasContent("x"))
                .unpacked(
                        "T1 absolute PAX path is below the root",
                        outside -> Evil.layers(
                                tar().pax("path", outside + "/canary").file("a", "x")),
                        (root, report) -> assertThat(inside(root, "canary")).hasContent("x"))
                .unpacked(
                        "T1 two slashes are one",
                        tar().file("//a///b", "x"),
                        (root, report) -> assertThat(root.resolve("a/b")).hasContent("x"))
                .unpacked(
                        "T1 backslashes are letters",
                        tar().file("..\\outside\\evil", "x"),
                        (root, report) ->
                                assertThat(root.resolve("..\\outside\\evil")).hasContent("x"))
                .unpacked(
                        "T1 three dots are a name",
                        tar().file(".../...", "x"),
                        (root, report) -> assertThat(root.resolve(".../...")).hasContent("x"))
                .unpacked(
                        "T17 implied parents are made",
                        tar().file("a/b/c/d", "x"),
                        (root, report) -> assertThat(root.resolve("a/b/c/d")).hasContent("x"));
    }

    private static void root(Cases cases) {
        String expected = "expected the root to be a directory";
        cases.refused("T8 root is a symbolic link", tar().symlink(".", "../outside"), expected)
                .refused("T8 root is a file", tar().file("./", "x"), expected)
                .refused("T8 root is a hard link", tar().file("a", "").hardLink("/", "a"), expected)
                .refused("T8 root is a FIFO", tar().fifo("//"), expected)
                .refused("T8 root has no name", tar().file("", "x"), expected)
                .refused("T8 root is made of dots and slashes", tar().symlink("./././", "../outside"), expected)
                .refused("T8 hard link to the root", tar().hardLink("a", "/"), "got nothing")
                .unpacked("T8 root without any rights", tar().file("a", "x").directory(".", 0), (root, report) -> {
                    assertThat(Files.getAttribute(root, "unix:mode")).isEqualTo(040000);
                    assertThat(root.resolve("a")).hasContent("x");
                });
    }

    private static void spelling(Cases cases) {
        cases.unpacked(
                        "T34 names that are no UTF-8 keep their bytes apart",
                        tar().file("a\udcff", "ff").file("a\udcfe", "fe").file("a\ufffd", "fffd"),
                        (root, report) -> {
                            assertThat(LocalNames.resolve(root, "a\udcff")).hasContent("ff");
                            assertThat(LocalNames.resolve(root, "a\udcfe")).hasContent("fe");
                            assertThat(LocalNames.resolve(root, "a\ufffd")).hasContent("fffd");
                            try (var children = Files.list(root)) {
                                assertThat(children).hasSize(3);
                            }
                        })
                .unpacked(
                        "T34 links to names that are no UTF-8",
                        tar().symlink("l\udc80", "t\udc80/x").file("t\udc80/x", "x"),
                        (root, report) -> {
                            Path link = LocalNames.resolve(root, "l\udc80");
                            assertThat(LocalNames.text(Files.readSymbolicLink(link)))
                                    .isEqualTo("t\udc80/x");
                            assertThat(link).hasContent("x");
                            assertThat(report.isExact()).isTrue();
                        })
                .refused(
                        "T35 control characters in a message are escaped",
                        tar().file("a\n\u001b[31m/../x", "x"),
                        "a\\u000a\\u001b[31m")
                .unpacked(
                        "T35 control characters are letters of a name",
                        tar().file("a\nb\u001b", "x"),
                        (root, report) -> assertThat(root.resolve("a\nb\u001b")).hasContent("x"))
                .unpacked(
                        "T36 composed and decomposed letters are two names",
                        tar().file("\u00e4", "1")
                                .file("a\u0308", "2")
                                .file("A", "3")
                                .file("a", "4"),
                        EvilNames::hasFour);
    }

    private static void hasFour(Path root, UnpackReport report) throws java.io.IOException {
        assertThat(report.entries()).isEqualTo(4);
        try (var children = Files.list(root)) {
            assertThat(children).hasSize(4);
        }
    }

    /** Where the folder outside would be if the root were all there is. */
    static Path inside(Path root, String child) {
        Path outside = root.resolveSibling("outside").toAbsolutePath();
        return root.resolve(outside.getRoot().relativize(outside)).resolve(child);
    }

    private static RawTar tar() {
        return RawTar.tar();
    }
}
