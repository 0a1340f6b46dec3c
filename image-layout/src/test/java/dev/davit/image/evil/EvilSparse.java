package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.RawTar;
import dev.davit.image.evil.Evil.Cases;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Sparse files whose maps lie, T29: GNU's formats 0.0, 0.1, 1.0 and the old one. */
final class EvilSparse {
    private EvilSparse() {}

    static List<Evil> all() {
        Cases cases = new Cases();
        records(cases);
        beforeData(cases);
        old(cases);
        return cases.all();
    }

    private static void records(Cases cases) {
        cases.unpacked(
                        "T29 sparse file with pieces of no length and a hole at its end",
                        sparse("10", "0,0,2,0,2,3,7,0", "abc"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("\0\0abc\0\0\0\0\0"))
                .unpacked(
                        "T29 version 0.0 tells offsets and lengths in turn",
                        tar().pax(
                                        "GNU.sparse.size", "4",
                                        "GNU.sparse.numblocks", "2",
                                        "GNU.sparse.offset", "0",
                                        "GNU.sparse.numbytes", "1",
                                        "GNU.sparse.offset", "3",
                                        "GNU.sparse.numbytes", "1")
                                .file("a", "xy"),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x\0\0y"))
                .refused(
                        "T29 version 0.0 without a length",
                        tar().pax("GNU.sparse.size", "4", "GNU.sparse.offset", "0")
                                .file("a", "x"),
                        "a length for each offset")
                .refused(
                        "T29 version 0.0 with two offsets",
                        tar().pax("GNU.sparse.size", "4", "GNU.sparse.offset", "0", "GNU.sparse.offset", "1")
                                .file("a", "x"),
                        "expected GNU.sparse.numbytes")
                .refused("T29 pieces that overlap", sparse("10", "0,4,2,4", "abcdefgh"), "pieces in order")
                .refused("T29 pieces that go back", sparse("10", "6,1,2,1", "ab"), "pieces in order")
                .refused("T29 piece past the end", sparse("4", "2,3", "abc"), "within 4 bytes")
                .refused(
                        "T29 piece past the end of all numbers",
                        sparse("9223372036854775000", "9223372036854775000,9223372036854775000", "abc"),
                        "pieces in order")
                .refused("T29 map with less than is stored", sparse("4", "0,1", "abc"), "expected 1 bytes of data")
                .refused("T29 map with more than is stored", sparse("4", "0,4", "abc"), "expected 4 bytes of data")
                .refused("T29 map without a length", sparse("4", "0", "abc"), "a length for each offset")
                .refused("T29 map with an empty number", sparse("4", "0,,3", "abc"), "decimal digits")
                .refused("T29 map with a negative number", sparse("4", "-1,3", "abc"), "decimal digits")
                .refused("T29 negative size", sparse("-4", "0,3", "abc"), "decimal digits")
                .refused("T29 size over all numbers", sparse("9223372036854775807", "0,3", "abc"), "sparse file")
                .refused("T29 sparse file larger than all files may be", sparse("70000000000", "0,3", "abc"), "limit")
                .refused(
                        "T29 sparse files that are larger together",
                        sparse("40000000000", "0,1", "a")
                                .raw(sparse("40000000000", "0,1", "b").unfinished()),
                        "limit")
                .refused(
                        "T29 sparse link",
                        tar().pax("GNU.sparse.size", "3").symlink("a", "b"),
                        "expected a sparse file, got a symbolic link")
                .refused(
                        "T29 version to come",
                        tar().pax("GNU.sparse.major", "2", "GNU.sparse.minor", "0")
                                .file("a", ""),
                        "up to 1.0")
                .refused(
                        "T29 name for all files",
                        tar().globalPax("GNU.sparse.name", "b").file("a", ""),
                        "about one file")
                .refused("T29 star's format", tar().pax("SCHILY.realsize", "3").file("a", ""), "up to 1.0");
    }

    private static void beforeData(Cases cases) {
        cases.unpacked(
                        "T29 version 1.0 without pieces is a hole",
                        mapped("3", "0\n", ""),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("\0\0\0"))
                .unpacked(
                        "T29 version 1.0 with a name of its own",
                        tar().pax(
                                        "GNU.sparse.major", "1",
                                        "GNU.sparse.minor", "0",
                                        "GNU.sparse.name", "real",
                                        "GNU.sparse.realsize", "3")
                                .file("GNUSparseFile.0/real", block("1\n1\n2\n") + "yz"),
                        (root, report) -> {
                            assertThat(root.resolve("real")).hasContent("\0yz");
                            assertThat(root.resolve("GNUSparseFile.0")).doesNotExist();
                        })
                .refused(
                        "T29 name of a sparse file that leads out",
                        tar().pax(
                                        "GNU.sparse.major", "1",
                                        "GNU.sparse.minor", "0",
                                        "GNU.sparse.name", "../real",
                                        "GNU.sparse.realsize", "3")
                                .file("a", block("1\n1\n2\n") + "yz"),
                        "..")
                .refused("T29 version 1.0 without size", mapped(null, "0\n", ""), "sparse file")
                .refused("T29 version 1.0 without map", tar().pax(version("3")).file("a", ""), "before the data")
                .refused("T29 half a map", tar().pax(version("3")).file("a", "1\n1\n"), "before the data")
                .refused("T29 map that goes on in the data", mapped("3", "3\n0\n1\n", "abc"), "a line with a number")
                .refused("T29 map without a count", mapped("3", "\n0\n1\n", "a"), "decimal digits")
                .refused("T29 map with zeros in it", mapped("3", "1\n0\n", "a"), "sparse map")
                .refused("T29 count over all numbers", mapped("3", "9999999999999999999\n", ""), "sparse map")
                .refused("T29 count larger than any header", mapped("3", "1000000000\n", ""), "pieces")
                .refused(
                        "T29 line without end",
                        mapped("3", "1\n" + "0".repeat(100), ""),
                        "expected a line with a number")
                .refused(
                        "T29 map larger than any header",
                        tar().pax(version("3")).file("a", "1000000\n" + "0\n".repeat(2_000_000)),
                        "sparse map");
    }

    private static void old(Cases cases) {
        cases.unpacked(
                        "T29 old format with its map in the header",
                        tar().entry('S', "a", "", "xy".getBytes(StandardCharsets.US_ASCII), oldMap(5, 0, 1, 3, 1)),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("x\0\0y\0"))
                .unpacked(
                        "T29 old format without map",
                        tar().entry('S', "a", "", new byte[0], oldMap(3)),
                        (root, report) -> assertThat(root.resolve("a")).hasContent("\0\0\0"))
                .unpacked(
                        "T29 old format without size",
                        tar().entry('S', "a", "", new byte[0], h -> {}),
                        (root, report) -> assertThat(root.resolve("a")).isEmptyFile())
                .refused(
                        "T29 old format with pieces that overlap",
                        tar().entry('S', "a", "", new byte[4], oldMap(9, 0, 2, 1, 2)),
                        "pieces in order")
                .refused(
                        "T29 old format with more of the map to come, and the end instead",
                        outside -> List.of(Arrays.copyOf(
                                tar().entry('S', "a", "", new byte[0], oldMap(3).andThen(h -> h[482] = 1))
                                        .unfinished(),
                                512)),
                        "more of a sparse map")
                .refused("T29 old format whose map never ends", endlessMap(), "sparse map");
    }

    private static RawTar endlessMap() {
        byte[] more = new byte[512];
        more[504] = 1;
        RawTar tar = tar().entry('S', "a", "", new byte[0], oldMap(3).andThen(h -> h[482] = 1));
        for (int i = 0; i < 5000; i++) {
            tar.raw(more);
        }
        return tar;
    }

    private static Consumer<byte[]> oldMap(long size, long... numbers) {
        return header -> {
            RawTar.text(header, 257, 8, "ustar  ");
            for (int i = 0; i < numbers.length; i++) {
                RawTar.octal(header, 386 + 12 * i, 12, numbers[i]);
            }
            RawTar.octal(header, 483, 12, size);
        };
    }

    private static RawTar sparse(String size, String map, String stored) {
        return tar().pax("GNU.sparse.size", size, "GNU.sparse.map", map).file("a", stored);
    }

    private static RawTar mapped(String size, String map, String stored) {
        return tar().pax(version(size)).file("a", block(map) + stored);
    }

    private static String[] version(String size) {
        return size == null
                ? new String[] {"GNU.sparse.major", "1", "GNU.sparse.minor", "0"}
                : new String[] {"GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", size};
    }

    private static String block(String text) {
        return text + "\0".repeat(-text.length() & 511);
    }

    private static RawTar tar() {
        return RawTar.tar();
    }
}
