package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.RawTar;
import dev.davit.image.evil.Evil.Cases;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Too much of something, T40 and T41, and things that only look like layers, T43. The limits are those of the test:
 * 1 MiB and 10,000 entries.
 */
final class EvilAmounts {
    static final long MAX_BYTES = 8 << 20;
    static final long MAX_ENTRIES = 10_000;

    private EvilAmounts() {}

    static List<Evil> all() {
        Cases cases = new Cases();
        bombs(cases);
        names(cases);
        formats(cases);
        return cases.all();
    }

    private static void bombs(Cases cases) {
        cases.refused(
                        "T40 more bytes than allowed in one file",
                        outside -> List.of(
                                tar().file("a", "x".repeat((int) MAX_BYTES)).bytes()),
                        "limit on bytes")
                .refused(
                        "T40 more bytes than allowed in all layers",
                        outside -> {
                            byte[] half = tar().file("a", "x".repeat((int) MAX_BYTES / 2))
                                    .bytes();
                            return List.of(half, half);
                        },
                        "limit on bytes")
                .refused(
                        "T40 more bytes than allowed behind the end",
                        outside -> {
                            byte[] tar = tar().file("a", "").bytes();
                            return List.of(Arrays.copyOf(tar, (int) MAX_BYTES + 1));
                        },
                        "limit on bytes")
                .refused(
                        "T40 more entries than allowed",
                        outside -> {
                            RawTar tar = tar();
                            for (int i = 0; i <= MAX_ENTRIES; i++) {
                                tar.whiteout("f");
                            }
                            return List.of(tar.bytes());
                        },
                        "limit on entries")
                .refused(
                        "T40 size of a file that never comes",
                        tar().entry('0', "a", "", new byte[0], h -> RawTar.octal(h, 124, 12, 8_000_000)),
                        "cut off")
                .refused(
                        "T40 size of a file that is too large",
                        tar().entry('0', "a", "", new byte[0], h -> RawTar.octal(h, 124, 12, 077777777777L)),
                        "limit on bytes")
                .refused(
                        "T40 endless extended header",
                        outside -> List.of(tar().pax("comment", "x".repeat(2 << 20))
                                .file("a", "")
                                .bytes()),
                        "expected at most 1048576 bytes of headers for one entry")
                .refused(
                        "T40 endless long name",
                        outside -> List.of(tar().longName("x".repeat(2 << 20))
                                .file("a", "")
                                .bytes()),
                        "expected at most 1048576 bytes of headers for one entry")
                .refused(
                        "T40 extended headers one after the other",
                        outside -> {
                            RawTar tar = tar();
                            for (int i = 0; i < 3000; i++) {
                                tar.pax("a", "b");
                            }
                            return List.of(tar.file("a", "").bytes());
                        },
                        "expected at most 1048576 bytes of headers for one entry")
                .refused(
                        "T40 global headers one after the other",
                        outside -> {
                            RawTar tar = tar();
                            for (int i = 0; i < 30; i++) {
                                tar.globalPax("k" + i, "x".repeat(100_000)).file("f" + i, "");
                            }
                            return List.of(tar.bytes());
                        },
                        "global PAX headers");
    }

    private static void names(Cases cases) {
        cases.refused(
                        "T40 name of 5,000 bytes",
                        tar().pax("path", "x/".repeat(2500)).file("a", ""),
                        "4096 bytes")
                .refused(
                        "T40 target of 5,000 bytes",
                        tar().pax("linkpath", "x/".repeat(2500)).symlink("a", ""),
                        "4096")
                .refused(
                        "T40 element of 300 bytes",
                        tar().pax("path", "x".repeat(300)).file("a", ""),
                        "cannot unpack")
                .refused(
                        "T41 4,000 levels",
                        tar().pax("path", "d/".repeat(4000) + "a").file("a", ""),
                        "limit")
                .refused(
                        "T41 1,100 levels",
                        tar().pax("path", "d/".repeat(1100) + "a").file("a", ""),
                        "limit on depth")
                .unpacked(
                        "T41 1,000 levels",
                        outside -> {
                            RawTar tar = tar();
                            String deepest = "d/".repeat(1000);
                            for (int depth = 1; depth <= 1000; depth++) {
                                tar.pax("path", deepest.substring(0, 2 * depth)).directory("d");
                            }
                            return Evil.layers(tar, tar().whiteout("d"));
                        },
                        (root, report) -> assertThat(root).isEmptyDirectory());
    }

    private static void formats(Cases cases) {
        cases.refused("T43 xz", outside -> List.of(start(0xfd, '7', 'z', 'X', 'Z', 0)), "got xz")
                .refused("T43 bzip2", outside -> List.of(start('B', 'Z', 'h', '9')), "got bzip2")
                .refused("T43 7z", outside -> List.of(start('7', 'z', 0xbc, 0xaf)), "got something else")
                .refused("T43 zip", outside -> List.of(start('P', 'K', 3, 4)), "got something else")
                .refused(
                        "T43 text",
                        outside -> List.of("<html>not found</html>".getBytes(StandardCharsets.US_ASCII)),
                        "got something else")
                .refused("T38 gzip that is only a header", outside -> List.of(start(0x1f, 0x8b)), "gzip member 1")
                .refused("T39 zstd that is only a header", outside -> List.of(start(0x28, 0xb5, 0x2f, 0xfd)), "zstd");
    }

    private static byte[] start(int... magic) {
        byte[] bytes = new byte[1024];
        Arrays.fill(bytes, (byte) 0xee);
        for (int i = 0; i < magic.length; i++) {
            bytes[i] = (byte) magic[i];
        }
        return bytes;
    }

    private static RawTar tar() {
        return RawTar.tar();
    }
}
