package dev.davit.image.internal.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.RawTar;
import dev.davit.oci.MalformedContentException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_commons_compress_writes_is_read_in_posix_and_gnu_form(boolean posix) throws IOException {
        String longName = "directory-ä/".repeat(20) + "file";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(posix ? TarArchiveOutputStream.LONGFILE_POSIX : TarArchiveOutputStream.LONGFILE_GNU);
            tar.setBigNumberMode(
                    posix ? TarArchiveOutputStream.BIGNUMBER_POSIX : TarArchiveOutputStream.BIGNUMBER_STAR);
            tar.setAddPaxHeadersForNonAsciiNames(posix);
            TarArchiveEntry file = new TarArchiveEntry(longName);
            file.setMode(0100755);
            file.setIds(3_000_000, 4_000_000);
            file.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(posix ? -5 : 5, posix ? 250_000_000 : 0)));
            file.setSize(3);
            tar.putArchiveEntry(file);
            tar.write("abc".getBytes(StandardCharsets.UTF_8));
            tar.closeArchiveEntry();
            TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
            link.setLinkName(longName);
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
            TarArchiveEntry device = new TarArchiveEntry("null", TarConstants.LF_CHR);
            device.setDevMajor(1);
            device.setDevMinor(3);
            tar.putArchiveEntry(device);
            tar.closeArchiveEntry();
        }

        TarReader reader = reader(out.toByteArray());
        TarEntry file = reader.next();
        assertThat(file.type()).isEqualTo(EntryType.FILE);
        assertThat(file.name()).isEqualTo(longName);
        assertThat(file.mode()).isEqualTo(0755);
        assertThat(file.uid()).isEqualTo(3_000_000);
        assertThat(file.gid()).isEqualTo(4_000_000);
        assertThat(file.mtimeSeconds()).isEqualTo(posix ? -5 : 5);
        assertThat(file.mtimeNanos()).isEqualTo(posix ? 250_000_000 : 0);
        assertThat(data(reader)).isEqualTo("abc");
        TarEntry link = reader.next();
        assertThat(link.type()).isEqualTo(EntryType.SYMLINK);
        assertThat(link.linkTarget()).isEqualTo(longName);
        TarEntry device = reader.next();
        assertThat(device.deviceMajor()).isEqualTo(1);
        assertThat(device.deviceMinor()).isEqualTo(3);
        assertThat(reader.next()).isNull();
        assertThat(reader.next()).isNull();
    }

    @Test
    void what_the_writer_writes_is_read_back() throws IOException {
        Random random = new Random(42);
        List<EntryType> types = List.of(EntryType.values());
        List<TarEntry> entries = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            EntryType type = types.get(random.nextInt(types.size()));
            String name = randomName(random);
            TarEntry.Builder entry = TarEntry.of(type, name)
                    .mode(random.nextInt(010000))
                    .owner(random.nextLong((1L << 32) - 1), random.nextInt(1 << 22))
                    .mtime(random.nextLong(-1L << 35, 1L << 35), random.nextInt(1_000_000_000));
            switch (type) {
                case FILE -> entry.size(random.nextInt(2000));
                case HARD_LINK, SYMLINK -> entry.linkTarget(randomName(random));
                case CHARACTER_DEVICE, BLOCK_DEVICE -> entry.device(random.nextInt(1 << 12), random.nextInt(1 << 20));
                default -> {}
            }
            if (random.nextInt(4) == 0) {
                byte[] value = new byte[random.nextInt(1, 200)];
                random.nextBytes(value);
                entry.xattrs(Map.of("user." + randomName(random).replace("=", ""), value));
            }
            entries.add(entry.build());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter writer = new TarWriter(out);
        for (TarEntry entry : entries) {
            writer.put(entry);
            writer.write(new byte[(int) entry.size()], 0, (int) entry.size());
        }
        writer.finish();

        // in pieces of any length, as networks and decompressors give them
        TarReader reader = new TarReader(new Crumbs(out.toByteArray(), random), TarLimits.DEFAULT);
        for (TarEntry expected : entries) {
            TarEntry actual = reader.next();
            String slash = expected.type() == EntryType.DIRECTORY ? "/" : "";
            assertThat(actual.name()).isEqualTo(expected.name() + slash);
            assertThat(actual).usingRecursiveComparison().ignoringFields("name").isEqualTo(expected);
        }
        assertThat(reader.next()).isNull();
    }

    private static String randomName(Random random) {
        StringBuilder name = new StringBuilder();
        int length = random.nextInt(1, random.nextInt(4) == 0 ? 300 : 30);
        String letters = random.nextInt(4) == 0 ? "aä/€\ud83d\ude00\udc80\udcff= \n" : "abc/= ";
        for (int i = 0; i < length; i++) {
            int at = letters.offsetByCodePoints(0, random.nextInt(letters.codePointCount(0, letters.length())));
            name.appendCodePoint(letters.codePointAt(at));
        }
        return name.toString().replaceAll("/+$", "").isEmpty()
                ? "x"
                : name.toString().replaceAll("/+$", "");
    }

    @Test
    void global_headers_hold_until_they_are_taken_back_and_local_ones_beat_them() throws IOException {
        TarReader reader = reader(RawTar.tar()
                .globalPax("uid", "7", "gid", "8", "SCHILY.xattr.user.a", "global")
                .file("a", "")
                .pax("uid", "9", "SCHILY.xattr.user.b", "local")
                .file("b", "")
                .globalPax("uid", "")
                .file("c", "")
                .bytes());

        assertThat(reader.next().uid()).isEqualTo(7);
        TarEntry b = reader.next();
        assertThat(b.uid()).isEqualTo(9);
        assertThat(b.gid()).isEqualTo(8);
        assertThat(b.xattrs()).containsOnlyKeys("user.a", "user.b");
        TarEntry c = reader.next();
        assertThat(c.uid()).isZero();
        assertThat(c.gid()).isEqualTo(8);
    }

    @Test
    void extended_attributes_as_libarchive_writes_them_are_read_too() throws IOException {
        TarEntry entry = reader(RawTar.tar()
                        .pax(
                                "LIBARCHIVE.xattr.user.a%3db%c3%A9+", "AQID/w",
                                "LIBARCHIVE.xattr.user.both", "AAAA",
                                "SCHILY.xattr.user.both", "that one",
                                "LIBARCHIVE.xattr.user.%25", "AAAA",
                                "SCHILY.xattr.user.%25", "encoded twice",
                                "SCHILY.xattr.user.%41", "as it is",
                                "LIBARCHIVE.xattr.", "AAAA")
                        .file("a", "")
                        .bytes())
                .next();

        assertThat(entry.xattrs()).containsOnlyKeys("user.a=b\u00e9+", "user.both", "user.%", "user.%41");
        assertThat(entry.xattrs().get("user.%")).asString().isEqualTo("encoded twice");
        assertThat(entry.xattrs().get("user.a=b\u00e9+")).containsExactly(1, 2, 3, 0xff);
        assertThat(entry.xattrs().get("user.both")).asString().isEqualTo("that one");
    }

    @ParameterizedTest
    @CsvSource({"user.%, AA", "user.%4, AA", "user.%4g, AA", "user.%00, AA", "user.a, *"})
    void extended_attributes_that_libarchive_would_not_write_are_refused(String name, String value) {
        TarReader reader = reader(RawTar.tar()
                .pax("LIBARCHIVE.xattr." + name, value)
                .file("a", "")
                .bytes());

        assertThatThrownBy(reader::next)
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("LIBARCHIVE.xattr." + name);
    }

    @Test
    void a_prefix_is_read_as_each_format_means_it() throws IOException {
        TarReader reader = reader(RawTar.tar()
                .entry('0', "b", "", new byte[0], h -> RawTar.text(h, 345, 155, "a"))
                .entry('0', "b", "", new byte[0], h -> {
                    RawTar.text(h, 345, 155, "a".repeat(131) + "000");
                    RawTar.text(h, 508, 4, "tar");
                })
                .entry('0', "gnu", "", new byte[0], h -> {
                    RawTar.text(h, 257, 8, "ustar  ");
                    RawTar.text(h, 345, 155, "12345670123");
                })
                .entry('\0', "old/", "", new byte[0], h -> {
                    RawTar.text(h, 257, 8, "");
                    RawTar.text(h, 345, 155, "rubbish");
                })
                .bytes());

        assertThat(reader.next().name()).isEqualTo("a/b");
        assertThat(reader.next().name()).isEqualTo("a".repeat(131) + "/b");
        assertThat(reader.next().name()).isEqualTo("gnu");
        TarEntry old = reader.next();
        assertThat(old.name()).isEqualTo("old/");
        assertThat(old.type()).isEqualTo(EntryType.DIRECTORY);
    }

    @Test
    void numbers_may_be_binary_padded_or_empty() throws IOException {
        TarReader reader = reader(RawTar.tar()
                .entry('0', "a", "", new byte[0], h -> {
                    RawTar.binary(h, 108, 8, 4_000_000_000L);
                    RawTar.binary(h, 136, 12, -12345678901L);
                    RawTar.text(h, 100, 8, "   644 ");
                    RawTar.text(h, 116, 8, "");
                })
                .bytes());

        TarEntry entry = reader.next();
        assertThat(entry.uid()).isEqualTo(4_000_000_000L);
        assertThat(entry.mtimeSeconds()).isEqualTo(-12345678901L);
        assertThat(entry.mode()).isEqualTo(0644);
        assertThat(entry.gid()).isZero();
    }

    @Test
    void a_checksum_over_signed_bytes_is_one_too() throws IOException {
        byte[] archive = RawTar.tar().file("ä", "").bytes();
        // each of the two bytes of the letter counts 256 less
        int sum = Integer.parseInt(new String(archive, 148, 6, StandardCharsets.US_ASCII), 8) - 512;
        RawTar.octal(archive, 148, 7, sum);

        assertThat(reader(archive).next().name()).isEqualTo("ä");
    }

    @Test
    void data_that_is_not_read_is_passed_over() throws IOException {
        byte[] archive = RawTar.tar()
                .file("a", "x".repeat(200_000))
                .file("b", "y".repeat(1000))
                .file("c", "z")
                .bytes();

        TarReader reader = reader(archive);
        reader.next();
        reader.next();
        reader.read(new byte[10], 0, 10);
        assertThat(reader.next().name()).isEqualTo("c");
        assertThat(reader.position()).isEqualTo(512 + 200_192 + 512 + 1024 + 512);
        assertThat(data(reader)).isEqualTo("z");
    }

    @Test
    void every_cut_is_noticed_or_lies_between_two_entries() throws IOException {
        byte[] archive = RawTar.tar()
                .pax("path", "a-long-name")
                .file("a", "x".repeat(600))
                .file("b", "")
                .bytes();
        List<Integer> unnoticed = new ArrayList<>();
        for (int length = 0; length < archive.length; length++) {
            TarReader reader = reader(Arrays.copyOf(archive, length));
            try {
                while (reader.next() != null) {
                    data(reader);
                }
                unnoticed.add(length);
            } catch (MalformedContentException e) {
                assertThat(e).hasMessageMatching("(?s).*(cut off|ends after).*");
            }
        }
        int entries = archive.length - 1024;
        assertThat(unnoticed).containsExactly(0, entries - 512, entries, entries + 512);
    }

    @Test
    void an_error_names_number_and_name_of_the_entry() throws IOException {
        TarReader reader = reader(
                RawTar.tar().file("a", "").pax("uid", "x\u001b").file("b\n", "").bytes());
        reader.next();

        assertThatThrownBy(reader::next)
                .isInstanceOf(MalformedContentException.class)
                .hasMessage("tar entry 2 (\"b\\u000a\"): PAX uid: expected decimal digits, got \"x\\u001b\"");
    }

    private static TarReader reader(byte[] archive) {
        return new TarReader(new ByteArrayInputStream(archive), TarLimits.DEFAULT);
    }

    private static String data(TarReader reader) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[777];
        for (int n = reader.read(buffer, 0, buffer.length); n >= 0; n = reader.read(buffer, 0, buffer.length)) {
            out.write(buffer, 0, n);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Gives less than was asked for. */
    private static final class Crumbs extends FilterInputStream {
        private final Random random;

        Crumbs(byte[] bytes, Random random) {
            super(new ByteArrayInputStream(bytes));
            this.random = random;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, length == 0 ? 0 : random.nextInt(1, Math.min(length, 2000) + 1));
        }
    }
}
