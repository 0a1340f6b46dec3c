package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.RawTar;
import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.evil.Evil.Cases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/** Headers that lie about sizes, T23 to T25, that are broken, T26 to T28, and odd attributes, T30 to T33. */
final class EvilHeaders {
    private EvilHeaders() {}

    static List<Evil> all() {
        Cases cases = new Cases();
        sizes(cases);
        paxRecords(cases);
        broken(cases);
        owners(cases);
        attributes(cases);
        return cases.all();
    }

    private static void sizes(Cases cases) {
        byte[] smuggled = tar().file("smuggled", "").unfinished();
        cases.unpacked(
                        "T23 PAX size beats a smaller one in the header",
                        tar().pax("size", "512").entry('0', "a", "", smuggled, h -> RawTar.octal(h, 124, 12, 0)),
                        (root, report) -> {
                            assertThat(root.resolve("smuggled")).doesNotExist();
                            assertThat(root.resolve("a")).hasSize(512);
                        })
                .unpacked(
                        "T23 PAX size beats a larger one in the header",
                        tar().pax("size", "0")
                                .entry('0', "a", "", new byte[0], h -> RawTar.octal(h, 124, 12, 512))
                                .file("b", "x"),
                        (root, report) -> {
                            assertThat(root.resolve("a")).isEmptyFile();
                            assertThat(root.resolve("b")).hasContent("x");
                        })
                .unpacked(
                        "T24 PAX size before a GNU long name is the file's",
                        tar().pax("size", "3").longName("long").entry('0', "short", "", "abc".getBytes(US), h -> {}),
                        (root, report) -> assertThat(root.resolve("long")).hasContent("abc"))
                .unpacked(
                        "T24 PAX size before a global header is the file's",
                        tar().pax("size", "3")
                                .globalPax("comment", "longer than three bytes")
                                .entry('0', "a", "", "abc".getBytes(US), h -> {}),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("abc"))
                .unpacked(
                        "T25 directory with a size has no data",
                        tar().entry('5', "d", "", new byte[0], h -> RawTar.octal(h, 124, 12, 512))
                                .file("a", "x"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"))
                .unpacked(
                        "T25 symbolic link with a size has no data",
                        tar().entry('2', "l", "t", new byte[0], h -> RawTar.octal(h, 124, 12, 512))
                                .file("a", "x"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"))
                .unpacked(
                        "T25 hard link with a size has no data",
                        tar().file("t", "")
                                .entry('1', "l", "t", new byte[0], h -> RawTar.octal(h, 124, 12, 512))
                                .file("a", "x"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"))
                .unpacked(
                        "T25 FIFO with a size has no data",
                        tar().pax("size", "512")
                                .entry('6', "f", "", new byte[0], h -> {})
                                .file("a", "x"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"));
    }

    private static void paxRecords(Cases cases) {
        String expected = "expected \"length key=value\"";
        cases.refused(
                        "T26 PAX record longer than its header",
                        tar().rawPax("99 path=a\n").file("a", ""),
                        expected)
                .refused(
                        "T26 PAX record of no length",
                        tar().rawPax("0 path=a\n").file("a", ""),
                        expected)
                .refused(
                        "T26 PAX record without length",
                        tar().rawPax("path=a\n").file("a", ""),
                        expected)
                .refused(
                        "T26 PAX record of negative length",
                        tar().rawPax("-9 path=a\n").file("a", ""),
                        expected)
                .refused(
                        "T26 PAX record of endless length",
                        tar().rawPax("9".repeat(40) + " a=b\n").file("a", ""),
                        expected)
                .refused(
                        "T26 PAX record without line end",
                        tar().rawPax("10 path=ab").file("a", ""),
                        expected)
                .refused(
                        "T26 PAX record that ends too early",
                        tar().rawPax("9 path=abc\n").file("a", ""),
                        expected)
                .refused(
                        "T26 PAX record without value",
                        tar().rawPax("8 patha\n").file("a", ""),
                        "a key and a value")
                .refused("T26 PAX record without key", tar().rawPax("5 =a\n").file("a", ""), "a key and a value")
                .refused("T26 NUL in a PAX path", tar().pax("path", "a\0b").file("a", ""), "expected no NUL")
                .refused(
                        "T26 NUL in a PAX linkpath",
                        tar().pax("linkpath", "a\0b").symlink("a", ""),
                        "expected no NUL")
                .refused("T26 NUL in a PAX key", tar().pax("pa\0th", "a").file("a", ""), "a key without NUL")
                .refused("T26 negative PAX size", tar().pax("size", "-1").file("a", ""), "decimal digits")
                .refused("T26 PAX size with a plus", tar().pax("size", "+1").file("a", ""), "decimal digits")
                .refused("T26 PAX size in words", tar().pax("size", "big").file("a", ""), "decimal digits")
                .refused(
                        "T26 PAX size over 64 bits",
                        tar().pax("size", "9".repeat(19)).file("a", ""),
                        "64 bits")
                .refused(
                        "T26 PAX size near 2^63",
                        tar().pax("size", "9223372036854775807").file("a", ""),
                        "size")
                .refused("T26 PAX mtime in words", tar().pax("mtime", "now").file("a", ""), "seconds since 1970")
                .refused(
                        "T26 PAX mtime with two points",
                        tar().pax("mtime", "1.2.3").file("a", ""),
                        "seconds since 1970")
                .refused(
                        "T26 PAX mtime out of any calendar",
                        tar().pax("mtime", "9".repeat(18)).file("a", ""),
                        "mtime")
                .refused("T26 PAX header without an entry", tar().pax("path", "a"), "ends after its extended header")
                .refused("T26 long name without an entry", tar().longName("a"), "ends after its extended header")
                .unpacked(
                        "T26 empty PAX path leaves the name as it is",
                        tar().pax("path", "").file("a", "x"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"));
    }

    private static void broken(Cases cases) {
        byte[] good = tar().file("a", "x".repeat(2000)).bytes();
        byte[] wrongSum = good.clone();
        wrongSum[0] = 'b';
        byte[] secondWrong = tar().file("a", "").file("b", "").bytes();
        secondWrong[512] = 'c';
        byte[] noSum = tar().file("a", "").file("b", "").bytes();
        Arrays.fill(noSum, 512 + 148, 512 + 156, (byte) 0);
        cases.refused("T27 wrong checksum of the first header", outside -> List.of(wrongSum), "expected a tar archive")
                .refused("T27 wrong checksum of another header", outside -> List.of(secondWrong), "checksum")
                .refused("T27 no checksum", outside -> List.of(noSum), "checksum")
                .refused("T27 cut in a header", outside -> List.of(Arrays.copyOf(secondWrong, 700)), "cut off")
                .refused("T27 cut in data", outside -> List.of(Arrays.copyOf(good, 1024)), "cut off")
                .refused("T27 cut in the padding", outside -> List.of(Arrays.copyOf(good, 512 + 2001)), "cut off")
                .refused(
                        "T27 one block of zeros in the middle",
                        tar().file("a", "").raw(new byte[512]).file("b", ""),
                        "second block of zeros")
                .refused("T27 letters in a number", header(h -> RawTar.text(h, 100, 8, "7xyz")), "octal digits")
                .refused("T27 size below zero", header(h -> RawTar.binary(h, 124, 12, -512)), "size")
                .refused(
                        "T27 size over 64 bits",
                        header(h -> {
                            RawTar.binary(h, 124, 12, 0);
                            h[125] = 1;
                        }),
                        "64 bits")
                .refused("T28 unknown type of entry", tar().entry('Z', "a", "", new byte[0], h -> {}), "type: expected")
                .refused(
                        "T28 part of an archive on several tapes",
                        tar().entry('M', "a", "", new byte[0], h -> {}),
                        "type")
                .unpacked(
                        "T28 entries behind the end are none",
                        outside -> List.of(concat(
                                tar().file("a", "").bytes(), tar().file("b", "").bytes())),
                        (root, report) -> assertThat(root.resolve("b")).doesNotExist())
                .unpacked(
                        "T28 archive without end",
                        outside -> List.of(tar().file("a", "x").unfinished()),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x"))
                .unpacked(
                        "T28 archive without any block",
                        outside -> List.of(new byte[0]),
                        (root, report) -> assertThat(root).isEmptyDirectory());
    }

    private static void owners(Cases cases) {
        cases.refused("T30 uid 2^32-1, which means none", header(h -> RawTar.binary(h, 108, 8, 0xffff_ffffL)), "uid")
                .refused("T30 uid 2^32", header(h -> RawTar.binary(h, 108, 8, 1L << 32)), "uid")
                .refused("T30 gid below zero", header(h -> RawTar.binary(h, 116, 8, -1)), "gid")
                .refused(
                        "T30 PAX uid over 32 bits",
                        tar().pax("uid", "4294967296").file("a", ""),
                        "uid")
                .refused("T30 PAX uid in words", tar().pax("uid", "root").file("a", ""), "decimal digits")
                .unpacked(
                        "T30 uid over 2^31",
                        tar().pax("uid", "3000000000", "gid", "4294967294").file("a", ""),
                        (root, report) -> {
                            if (isRoot(root)) {
                                assertThat(Files.getAttribute(root.resolve("a"), "unix:uid"))
                                        .isEqualTo((int) 3000000000L);
                                assertThat(Files.getAttribute(root.resolve("a"), "unix:gid"))
                                        .isEqualTo(-2);
                            } else {
                                assertThat(report.differences())
                                        .containsExactly(new Difference(0, "a", Kind.OWNER, "3000000000:4294967294"));
                            }
                        })
                .unpacked(
                        "T30 names of users say nothing",
                        tar().pax("uname", "daemon", "gname", "daemon").entry('0', "a", "", new byte[0], h -> {
                            RawTar.text(h, 265, 32, "daemon");
                            RawTar.text(h, 297, 32, "daemon");
                        }),
                        (root, report) -> {
                            if (isRoot(root)) {
                                assertThat(Files.getAttribute(root.resolve("a"), "unix:uid"))
                                        .isEqualTo(0);
                            }
                        })
                .refused(
                        "T32 major device number over 32 bits",
                        tar().entry('3', "a", "", new byte[0], h -> RawTar.binary(h, 329, 8, 1L << 32)),
                        "major device number")
                .refused(
                        "T32 major device number over 12 bits",
                        tar().device('3', "a", 4096, 0),
                        "expected numbers up to 4095:1048575")
                .refused(
                        "T32 minor device number over 20 bits",
                        tar().device('4', "a", 0, 1 << 20),
                        "expected numbers up to 4095:1048575")
                .refused(
                        "T32 minor device number below zero",
                        tar().entry('4', "a", "", new byte[0], h -> RawTar.binary(h, 337, 8, -1)),
                        "minor device number");
    }

    private static void attributes(Cases cases) {
        cases.unpacked(
                        "T31 setuid survives the change of owner",
                        tar().pax("uid", "1000", "gid", "1000").file("a", "", 06755),
                        (root, report) -> assertThat(Files.getAttribute(root.resolve("a"), "unix:mode"))
                                .isEqualTo(0106755))
                .unpacked(
                        "T31 directories that a lower layer has shut",
                        outside -> Evil.layers(
                                tar().directory("d", 0500).file("d/gone", "").directory("d/e", 0),
                                tar().file("d/b", "").file("d/e/c", "").whiteout("d/gone")),
                        (root, report) -> {
                            assertThat(Files.getAttribute(root.resolve("d"), "unix:mode"))
                                    .isEqualTo(040500);
                            assertThat(root.resolve("d/e/c")).exists();
                            assertThat(root.resolve("d/gone")).doesNotExist();
                        })
                .unpacked(
                        "T31 files in directories that nobody may enter",
                        tar().directory("d", 0).directory("d/e", 0).file("d/e/a", "x", 0),
                        (root, report) -> {
                            assertThat(Files.getAttribute(root.resolve("d"), "unix:mode"))
                                    .isEqualTo(040000);
                            assertThat(Files.getAttribute(root.resolve("d/e/a"), "unix:mode"))
                                    .isEqualTo(0100000);
                        })
                .unpacked(
                        "T31 bits of the mode that are none",
                        header(h -> RawTar.octal(h, 100, 8, 0177777)),
                        (root, report) -> assertThat(Files.getAttribute(root.resolve("a"), "unix:mode"))
                                .isEqualTo(0107777))
                .unpacked(
                        "T33 attributes for another machine",
                        tar().pax(
                                        "SCHILY.xattr.trusted.overlay.opaque",
                                        "y",
                                        "SCHILY.xattr.security.selinux",
                                        "evil_t",
                                        "LIBARCHIVE.xattr.trusted%2Eoverlay.redirect",
                                        "L2V0Yw==")
                                .directory("d"),
                        (root, report) -> {
                            assertThat(report.differences())
                                    .extracting(Difference::detail)
                                    .containsExactlyInAnyOrder(
                                            "trusted.overlay.opaque", "security.selinux", "trusted.overlay.redirect");
                            assertThat(
                                            Files.getFileStore(root).supportsFileAttributeView("user")
                                                    ? xattrs(root)
                                                    : List.of())
                                    .isEmpty();
                        });
    }

    private static List<String> xattrs(java.nio.file.Path root) throws java.io.IOException {
        return Files.getFileAttributeView(root.resolve("d"), java.nio.file.attribute.UserDefinedFileAttributeView.class)
                .list();
    }

    private static boolean isRoot(java.nio.file.Path path) throws java.io.IOException {
        return Files.getAttribute(path, "unix:uid").equals(0);
    }

    private static RawTar header(java.util.function.Consumer<byte[]> change) {
        return tar().entry('0', "a", "", new byte[0], change);
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static final java.nio.charset.Charset US = StandardCharsets.US_ASCII;

    private static RawTar tar() {
        return RawTar.tar();
    }
}
