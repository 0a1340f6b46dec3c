package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.RawTar;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.evil.Evil.Cases;
import java.util.List;

/** Whiteouts that reach too far, and removals that follow links, T18 to T22; markers by the thousand, T41. */
final class EvilWhiteouts {
    private EvilWhiteouts() {}

    static List<Evil> all() {
        Cases cases = new Cases();
        names(cases);
        reach(cases);
        order(cases);
        removal(cases);
        return cases.all();
    }

    private static void names(Cases cases) {
        String expected = "expected the name of something that is hidden";
        cases.refused("T19 whiteout of nothing", tar().file("d/.wh.", ""), expected)
                .refused("T19 whiteout of the directory itself", tar().file("d/.wh..", ""), expected)
                .refused("T19 whiteout of the directory above", tar().file(".wh...", ""), expected)
                .refused("T19 whiteout with something below it", tar().file(".wh.a/b", ""), "below a whiteout")
                .refused("T19 whiteout below a whiteout", tar().file(".wh.a/.wh.b", ""), "below a whiteout")
                .refused("T19 directory that is named as a whiteout", tar().directory("x/.wh.d/e"), "below a whiteout")
                .unpacked(
                        "T19 bookkeeping of a storage driver",
                        outside -> Evil.layers(
                                tar().file("plnk", "x"),
                                tar().directory(".wh..wh.plnk")
                                        .file(".wh..wh.plnk/1.2", "")
                                        .file("d/.wh..wh.aufs", "")),
                        (root, report) -> {
                            assertThat(root).isDirectoryNotContaining("glob:**/.wh*");
                            assertThat(root.resolve("plnk")).hasContent("x");
                            assertThat(report.differences())
                                    .hasSize(3)
                                    .allMatch(difference -> difference.kind() == Kind.PASSED_OVER);
                        })
                .unpacked(
                        "T19 whiteouts in the lowest layer hide nothing",
                        tar().file("a", "x").whiteout("a").opaque(".").whiteout("missing/b"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"));
    }

    private static void reach(Cases cases) {
        cases.unpacked(
                        "T18 whiteout through an absolute link",
                        outside -> Evil.layers(tar().symlink("l", outside.toString()), tar().whiteout("l/canary")),
                        (root, report) -> assertThat(root.resolve("l")).isSymbolicLink())
                .unpacked(
                        "T18 whiteout through a relative link",
                        outside -> Evil.layers(tar().symlink("l", "../outside"), tar().whiteout("l/canary")),
                        (root, report) -> assertThat(root.resolve("l")).isSymbolicLink())
                .unpacked(
                        "T18 opaque directory through a link",
                        outside -> Evil.layers(tar().symlink("l", outside.toString()), tar().opaque("l")),
                        (root, report) -> assertThat(root.resolve("l")).isSymbolicLink())
                .unpacked(
                        "T18 whiteout through a link acts inside",
                        outside -> Evil.layers(
                                tar().file("usr/lib/a", "").symlink("lib", "/usr/lib"), tar().whiteout("lib/a")),
                        (root, report) -> assertThat(root.resolve("usr/lib")).isEmptyDirectory())
                .unpacked(
                        "T18 whiteout of a link removes the link alone",
                        outside -> Evil.layers(
                                tar().symlink("l", outside.toString())
                                        .symlink("m", "d")
                                        .file("d/a", "x"),
                                tar().whiteout("l").whiteout("m")),
                        (root, report) -> {
                            assertThat(root.resolve("l")).doesNotExist();
                            assertThat(root.resolve("m")).doesNotExist();
                            assertThat(root.resolve("d/a")).hasContent("x");
                        })
                .unpacked(
                        "T18 whiteout of what is not there",
                        outside -> Evil.layers(
                                tar().file("a", "x"),
                                tar().whiteout("b")
                                        .whiteout("c/d")
                                        .whiteout("a/e")
                                        .opaque("f")
                                        .opaque("a")),
                        (root, report) -> {
                            assertThat(root.resolve("a")).hasContent("x");
                            assertThat(root.resolve("c")).doesNotExist();
                        })
                .unpacked(
                        "T18 opaque root",
                        outside -> Evil.layers(
                                tar().file("a/b", "").symlink("l", "../outside"),
                                tar().opaque(".").file("c", "")),
                        (root, report) -> {
                            assertThat(root.resolve("a")).doesNotExist();
                            assertThat(root.resolve("c")).exists();
                        });
    }

    private static void order(Cases cases) {
        RawTar lower = tar().file("d/a", "old").file("d/b", "old").file("d/e/f", "old");
        cases.unpacked(
                        "T20 whiteout before the new file",
                        outside -> Evil.layers(lower, tar().whiteout("d/a").file("d/a", "new")),
                        (root, report) -> assertThat(root.resolve("d/a")).hasContent("new"))
                .unpacked(
                        "T20 whiteout after the new file",
                        outside -> Evil.layers(lower, tar().file("d/a", "new").whiteout("d/a")),
                        (root, report) -> assertThat(root.resolve("d/a")).hasContent("new"))
                .unpacked(
                        "T20 whiteout of a directory after a new file in it",
                        outside -> Evil.layers(lower, tar().file("d/new", "new").whiteout("d")),
                        (root, report) -> {
                            assertThat(root.resolve("d/new")).hasContent("new");
                            assertThat(root.resolve("d/a")).doesNotExist();
                            assertThat(root.resolve("d/e")).doesNotExist();
                        })
                .unpacked(
                        "T20 whiteout after a hard link of this layer",
                        outside -> Evil.layers(
                                lower,
                                tar().hardLink("d/a2", "d/a").whiteout("d/a").whiteout("d/a2")),
                        (root, report) -> {
                            assertThat(root.resolve("d/a2")).hasContent("old");
                            assertThat(root.resolve("d/a")).doesNotExist();
                        })
                .unpacked(
                        "T21 opaque marker first",
                        outside -> Evil.layers(lower, tar().opaque("d").file("d/new", "new")),
                        (root, report) -> assertThat(root.resolve("d"))
                                .isDirectoryContaining("glob:**/new")
                                .isDirectoryNotContaining("glob:**/{a,b,e}"))
                .unpacked(
                        "T21 opaque marker last",
                        outside -> Evil.layers(
                                lower, tar().directory("d").file("d/new", "new").opaque("d")),
                        (root, report) -> assertThat(root.resolve("d"))
                                .isDirectoryContaining("glob:**/new")
                                .isDirectoryNotContaining("glob:**/{a,b,e}"))
                .unpacked(
                        "T21 opaque marker after files in directories that no entry describes",
                        outside -> Evil.layers(lower, tar().file("d/e/g", "new").opaque("d")),
                        (root, report) -> {
                            assertThat(root.resolve("d/e/g")).hasContent("new");
                            assertThat(root.resolve("d/e/f")).doesNotExist();
                            assertThat(root.resolve("d/a")).doesNotExist();
                        })
                .unpacked(
                        "T21 opaque marker counts for its own layer alone",
                        outside -> Evil.layers(
                                lower,
                                tar().opaque("d").file("d/x", ""),
                                tar().file("d/y", ""),
                                tar().opaque("d").file("d/z", "")),
                        (root, report) -> assertThat(root.resolve("d"))
                                .isDirectoryContaining("glob:**/z")
                                .isDirectoryNotContaining("glob:**/{a,b,e,x,y}"))
                .unpacked(
                        "T41 three thousand opaque markers in a directory of three thousand files",
                        outside -> {
                            RawTar upper = tar();
                            for (int i = 0; i < 3000; i++) {
                                upper.file("d/f" + i, "").opaque("d");
                            }
                            return Evil.layers(lower, upper);
                        },
                        (root, report) -> {
                            assertThat(root.resolve("d/a")).doesNotExist();
                            assertThat(root.resolve("d/f0")).exists();
                            assertThat(root.resolve("d/f2999")).exists();
                        })
                .unpacked(
                        "T41 opaque markers from the inside out",
                        outside -> {
                            String deepest = "d/".repeat(500);
                            RawTar upper = tar().file(deepest + "new", "x");
                            for (int depth = 500; depth > 0; depth--) {
                                upper.opaque(deepest.substring(0, 2 * depth - 1));
                            }
                            return Evil.layers(tar().file(deepest + "old", "x"), upper);
                        },
                        (root, report) -> {
                            assertThat(root.resolve("d/".repeat(500) + "new")).exists();
                            assertThat(root.resolve("d/".repeat(500) + "old")).doesNotExist();
                        });
    }

    private static void removal(Cases cases) {
        RawTar lower =
                tar().symlink("d/up", "../../outside").directory("d/shut", 0).file("d/shut/x", "");
        cases.unpacked(
                        "T22 removed directory with a link that leads out",
                        outside -> Evil.layers(
                                tar().symlink("d/l", outside.toString()).symlink("d/e/l", outside + "/dir"),
                                tar().whiteout("d")),
                        (root, report) -> assertThat(root).isEmptyDirectory())
                .unpacked(
                        "T22 removed directory that nobody may enter",
                        outside -> Evil.layers(lower, tar().whiteout("d")),
                        (root, report) -> assertThat(root).isEmptyDirectory())
                .unpacked(
                        "T22 emptied directory with a link that leads out",
                        outside -> Evil.layers(lower, tar().opaque("d")),
                        (root, report) -> assertThat(root.resolve("d")).isEmptyDirectory())
                .unpacked(
                        "T22 replaced directory with a link that leads out",
                        outside -> Evil.layers(lower, tar().file("d", "x")),
                        (root, report) -> assertThat(root.resolve("d")).hasContent("x"))
                .refused(
                        "T22 failure after links that lead out",
                        outside -> Evil.layers(
                                tar().symlink("l", outside.toString()).symlink("d/l", "/"), tar().file("../x", "")),
                        "\"..\"");
    }

    private static RawTar tar() {
        return RawTar.tar();
    }
}
