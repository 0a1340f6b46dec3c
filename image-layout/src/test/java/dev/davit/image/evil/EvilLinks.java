package dev.davit.image.evil;

import static dev.davit.image.evil.EvilNames.inside;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.RawTar;
import dev.davit.image.evil.Evil.Cases;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** Links that lead out, and entries that go through them or over them, T3 to T7 and T9 to T16. */
final class EvilLinks {
    private EvilLinks() {}

    static List<Evil> all() {
        Cases cases = new Cases();
        through(cases);
        replaced(cases);
        chains(cases);
        hardLinks(cases);
        over(cases);
        return cases.all();
    }

    private static void through(Cases cases) {
        cases.unpacked(
                        "T3 file through an absolute link",
                        outside -> Evil.layers(
                                tar().symlink("l", outside.toString()).file("l/evil", "x")),
                        (root, report) -> assertThat(inside(root, "evil")).hasContent("x"))
                .unpacked(
                        "T3 file through a relative link",
                        tar().symlink("l", "../outside").file("l/evil", "x"),
                        (root, report) ->
                                assertThat(root.resolve("outside/evil")).hasContent("x"))
                .unpacked(
                        "T3 file through a link in a directory",
                        tar().symlink("d/l", "../../outside").file("d/l/canary", "x"),
                        (root, report) ->
                                assertThat(root.resolve("outside/canary")).hasContent("x"))
                .unpacked(
                        "T3 file through a link that goes down and up",
                        tar().directory("d").symlink("l", "d/../../../outside").file("l/evil", "x"),
                        (root, report) ->
                                assertThat(root.resolve("outside/evil")).hasContent("x"))
                .unpacked(
                        "T3 file through a link to nothing",
                        tar().symlink("l", "missing/deeper").file("l/evil", "x"),
                        (root, report) ->
                                assertThat(root.resolve("missing/deeper/evil")).hasContent("x"))
                .unpacked(
                        "T3 file through a link to the root of the system",
                        tar().symlink("l", "/").file("l/tmp/davit-evil-canary", "x"),
                        (root, report) -> {
                            assertThat(root.resolve("tmp/davit-evil-canary")).hasContent("x");
                            assertThat(Path.of("/tmp/davit-evil-canary")).doesNotExist();
                        })
                .unpacked(
                        "T3 directory through a link",
                        tar().symlink("l", "../outside").directory("l/dir", 0777),
                        (root, report) ->
                                assertThat(root.resolve("outside/dir")).isDirectory())
                .unpacked(
                        "T4 link in one layer, file through it in the next",
                        outside -> Evil.layers(tar().symlink("l", outside.toString()), tar().file("l/canary", "x")),
                        (root, report) -> assertThat(inside(root, "canary")).hasContent("x"))
                .unpacked(
                        "T4 link, link through it, file through both, in three layers",
                        outside -> Evil.layers(
                                tar().symlink("a", outside.toString()),
                                tar().symlink("a/b", "../../../../../../../../" + outside),
                                tar().file("a/b/canary", "x")),
                        (root, report) -> assertThat(inside(root, "canary")).hasContent("x"))
                .unpacked(
                        "T7 link made through a link",
                        outside -> Evil.layers(
                                tar().symlink("l", outside.toString()).symlink("l/evil", "x")),
                        (root, report) -> assertThat(inside(root, "evil")).isSymbolicLink())
                .unpacked(
                        "T2 link to a sibling whose name starts as the root's",
                        outside -> Evil.layers(tar().symlink(
                                        "l", outside.resolveSibling("root-evil").toString())
                                .file("l/x", "x")),
                        (root, report) ->
                                assertThat(root.resolveSibling("root-evil")).doesNotExist())
                .unpacked(
                        "T15 link that real images have",
                        tar().directory("run").symlink("var/run", "/run").file("var/run/x", "x"),
                        (root, report) -> assertThat(root.resolve("run/x")).hasContent("x"));
    }

    private static void replaced(Cases cases) {
        cases.unpacked(
                        "T5 directory replaced by a link after a file was made in it",
                        tar().file("d/a", "x").symlink("d", "../outside").file("d/canary", "x"),
                        (root, report) ->
                                assertThat(root.resolve("outside/canary")).hasContent("x"))
                .unpacked(
                        "T5 directory above replaced by a link",
                        tar().file("d/dir/a", "x").symlink("d", "../outside").file("d/dir/evil", "x"),
                        (root, report) ->
                                assertThat(root.resolve("outside/dir/evil")).hasContent("x"))
                .unpacked(
                        "T5 link replaced by another link",
                        tar().directory("in")
                                .symlink("l", "in")
                                .file("l/a", "x")
                                .symlink("l", "../outside")
                                .file("l/canary", "x"),
                        (root, report) -> {
                            assertThat(root.resolve("in/a")).hasContent("x");
                            assertThat(root.resolve("outside/canary")).hasContent("x");
                        })
                .unpacked(
                        "T5 mode of a directory that has become a link",
                        tar().directory("d", 0777).symlink("d", "../outside"),
                        (root, report) -> assertThat(root.resolve("d")).isSymbolicLink())
                .unpacked(
                        "T5 mode of a directory whose parent has become a link",
                        tar().directory("d").directory("d/dir", 0777).symlink("d", "../outside"),
                        (root, report) -> assertThat(root.resolve("d")).isSymbolicLink())
                .unpacked(
                        "T5 directory removed by a whiteout and made a link in a later layer",
                        outside -> Evil.layers(
                                tar().directory("d", 0777).file("d/dir/a", ""),
                                tar().whiteout("d").symlink("d", outside.toString()),
                                tar().file("d/dir/evil", "x")),
                        (root, report) -> assertThat(inside(root, "dir/evil")).hasContent("x"))
                .unpacked(
                        "T5 directory and link by turns",
                        tar().directory("d")
                                .symlink("d", "../outside")
                                .directory("d", 0777)
                                .symlink("d", "../outside")
                                .file("d/evil", "x"),
                        (root, report) ->
                                assertThat(root.resolve("outside/evil")).hasContent("x"));
    }

    private static void chains(Cases cases) {
        RawTar good = tar().directory("target");
        RawTar bad = tar().directory("target");
        for (int i = 0; i < 300; i++) {
            String next = i == 0 ? "target" : "l" + (i - 1);
            bad.symlink("l" + i, next);
            if (i < 200) {
                good.symlink("l" + i, next);
            }
        }
        cases.refused("T41 link to itself", tar().symlink("a", "a").file("a/x", "x"), "255 links")
                .refused(
                        "T41 links to each other",
                        tar().symlink("a", "b").symlink("b", "a").file("a/x", "x"),
                        "255 links")
                .refused("T41 link that grows", tar().symlink("a", "a/a").file("a/x", "x"), "255 links")
                .refused("T41 chain of 300 links", bad.file("l299/x", "x"), "255 links")
                .unpacked(
                        "T41 chain of 200 links",
                        good.file("l199/x", "x"),
                        (root, report) -> assertThat(root.resolve("target/x")).hasContent("x"))
                .refused(
                        "T41 links to long ways",
                        tar().directory("d")
                                .pax("linkpath", "d/../".repeat(700) + "b")
                                .symlink("a", "")
                                .pax("linkpath", "d/../".repeat(700) + "a")
                                .symlink("b", "")
                                .file("a/x", "x"),
                        "8192 steps");
    }

    private static void hardLinks(Cases cases) {
        cases.refused("T9 hard link leads up", tar().hardLink("h", "../outside/canary"), "\"..\"")
                .refused(
                        "T9 hard link to an absolute name outside",
                        outside -> Evil.layers(tar().hardLink("h", outside + "/canary")),
                        "got nothing")
                .refused(
                        "T9 hard link through a link",
                        outside -> Evil.layers(
                                tar().symlink("l", outside.toString()).hardLink("h", "l/canary")),
                        "got nothing")
                .refused(
                        "T9 hard link through a link of a lower layer",
                        outside -> Evil.layers(tar().symlink("l", "../outside"), tar().hardLink("h", "l/canary")),
                        "got nothing")
                .refused(
                        "T9 PAX linkpath leads up",
                        tar().pax("linkpath", "../outside/canary").hardLink("h", "x"),
                        "\"..\"")
                .refused(
                        "T9 GNU long link leads up",
                        tar().longLink("../outside/canary").hardLink("h", "x"),
                        "\"..\"")
                .refused("T10 hard link to a file in the working directory", tar().hardLink("h", "pom.xml"), "nothing")
                .refused("T9 hard link to a directory", tar().directory("d").hardLink("h", "d"), "a directory")
                .refused(
                        "T9 hard link whose target is removed to make room for it",
                        tar().file("d/a", "x").hardLink("d", "d/a"),
                        "cannot unpack layer 0")
                .unpacked(
                        "T9 hard link to a link that leads out",
                        outside -> Evil.layers(tar().symlink("s", outside + "/canary")
                                .hardLink("h", "s")
                                .entry('1', "h2", "h", new byte[0], h -> RawTar.octal(h, 100, 8, 07777))),
                        (root, report) -> assertThat(root.resolve("h2")).isSymbolicLink())
                .unpacked(
                        "T11 hard link to a link, then a file in its place",
                        outside -> Evil.layers(tar().symlink("s", outside + "/canary")
                                .hardLink("h", "s")
                                .file("h", "evil", 0777)),
                        (root, report) -> {
                            assertThat(root.resolve("h")).isRegularFile().hasContent("evil");
                            assertThat(root.resolve("s")).isSymbolicLink();
                        })
                .unpacked(
                        "T11 hard link whose header has another mode",
                        tar().file("a", "x", 0600)
                                .entry('1', "h", "a", new byte[0], h -> RawTar.octal(h, 100, 8, 04777)),
                        (root, report) -> assertThat(Files.getAttribute(root.resolve("a"), "unix:mode"))
                                .isEqualTo(0100600))
                .unpacked(
                        "T9 hard link to itself",
                        tar().file("a", "x").hardLink("./a", "/a"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"))
                .unpacked(
                        "T16 hard link to an absolute name inside",
                        tar().file("bin/busybox", "x").hardLink("bin/sh", "/bin/busybox"),
                        (root, report) -> assertThat(
                                        Files.isSameFile(root.resolve("bin/sh"), root.resolve("bin/busybox")))
                                .isTrue())
                .unpacked(
                        "T14 file over one of two names leaves the other its bytes",
                        outside -> Evil.layers(tar().file("a", "old").hardLink("b", "a"), tar().file("a", "new")),
                        (root, report) -> {
                            assertThat(root.resolve("a")).hasContent("new");
                            assertThat(root.resolve("b")).hasContent("old");
                        })
                .unpacked(
                        "T14 the same in one layer",
                        tar().file("a", "old").hardLink("b", "a").file("b", "new", 0777),
                        (root, report) -> {
                            assertThat(root.resolve("a")).hasContent("old");
                            assertThat(Files.getAttribute(root.resolve("a"), "unix:mode"))
                                    .isEqualTo(0100644);
                        });
    }

    private static void over(Cases cases) {
        cases.unpacked(
                        "T12 directory over a link",
                        tar().symlink("l", "../outside").directory("l", 0777).file("l/canary", "x"),
                        (root, report) -> {
                            assertThat(Files.isDirectory(root.resolve("l"), LinkOption.NOFOLLOW_LINKS))
                                    .isTrue();
                            assertThat(root.resolve("l/canary")).hasContent("x");
                        })
                .unpacked(
                        "T12 directory over a link of a lower layer",
                        outside -> Evil.layers(tar().symlink("l", outside.toString()), tar().directory("l", 0777)),
                        (root, report) -> assertThat(root.resolve("l")).isEmptyDirectory())
                .unpacked(
                        "T13 file over a link",
                        outside -> Evil.layers(
                                tar().symlink("l", outside + "/canary").file("l", "evil", 0777)),
                        (root, report) -> assertThat(root.resolve("l")).isRegularFile())
                .unpacked(
                        "T13 file over a link of a lower layer",
                        outside -> Evil.layers(tar().symlink("l", outside + "/canary"), tar().file("l", "evil")),
                        (root, report) -> assertThat(root.resolve("l")).isRegularFile())
                .unpacked(
                        "T13 hard link over a link",
                        outside -> Evil.layers(tar().file("a", "x")
                                .symlink("l", outside + "/canary")
                                .hardLink("l", "a")),
                        (root, report) -> assertThat(root.resolve("l")).isRegularFile())
                .unpacked(
                        "T13 link over a directory with a link in it",
                        tar().symlink("d/l", "../../outside").file("d/x", "").symlink("d", "elsewhere"),
                        (root, report) -> assertThat(root.resolve("d")).isSymbolicLink())
                .unpacked(
                        "T13 device over a link",
                        outside -> Evil.layers(
                                tar().symlink("l", outside + "/canary").device('3', "l", 1, 3)),
                        (root, report) -> assertThat(Files.isSymbolicLink(root.resolve("l")))
                                .isFalse())
                .refused("T13 file below a file", tar().file("a", "").file("a/b", ""), "expected a directory")
                .refused("symbolic link without target", tar().symlink("l", ""), "expected a target");
    }

    private static RawTar tar() {
        return RawTar.tar();
    }
}
