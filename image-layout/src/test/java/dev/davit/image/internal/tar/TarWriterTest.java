package dev.davit.image.internal.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarWriterTest {
    @Test
    void a_plain_entry_is_a_header_and_its_data_and_nothing_else() throws IOException {
        byte[] archive =
                write(TarEntry.of(EntryType.FILE, "bin/hello").mode(0755).size(5), "hello");

        assertThat(archive).hasSize(512 + 512 + 1024);
        // the bytes are a promise: a change of them is a change of every digest
        assertThat(Digest.sha256(archive).encoded())
                .isEqualTo("06a2177237a9811fd662308c00978a15df72b45fa8107520abaa0552707eefdd");
    }

    @Test
    void commons_compress_reads_every_field() throws IOException {
        TarArchiveEntry read = oracle(write(
                TarEntry.of(EntryType.FILE, "usr/bin/ping")
                        .mode(04755)
                        .owner(1000, 65534)
                        .mtime(1234567890, 123456789)
                        .xattrs(Map.of("user.b", new byte[] {0, '\n', '=', -1}, "security.capability", new byte[20]))
                        .size(3),
                "abc"));

        assertThat(read.getName()).isEqualTo("usr/bin/ping");
        assertThat(read.getMode()).isEqualTo(04755);
        assertThat(read.getLongUserId()).isEqualTo(1000);
        assertThat(read.getLongGroupId()).isEqualTo(65534);
        assertThat(read.getLastModifiedTime().toInstant()).isEqualTo(Instant.ofEpochSecond(1234567890, 123456789));
        assertThat(read.getExtraPaxHeaders()).containsKeys("SCHILY.xattr.user.b", "SCHILY.xattr.security.capability");
        assertThat(read.getSize()).isEqualTo(3);
        assertThat(read.isCheckSumOK()).isTrue();
    }

    @Test
    void commons_compress_reads_every_type() throws IOException {
        assertThat(oracle(write(TarEntry.of(EntryType.DIRECTORY, "d"), "")))
                .matches(TarArchiveEntry::isDirectory)
                .extracting(TarArchiveEntry::getName)
                .isEqualTo("d/");
        assertThat(oracle(write(TarEntry.of(EntryType.SYMLINK, "s").linkTarget("../ä"), "")))
                .matches(TarArchiveEntry::isSymbolicLink)
                .extracting(TarArchiveEntry::getLinkName)
                .isEqualTo("../ä");
        assertThat(oracle(write(TarEntry.of(EntryType.HARD_LINK, "h").linkTarget("d/f"), "")))
                .matches(TarArchiveEntry::isLink)
                .extracting(TarArchiveEntry::getLinkName)
                .isEqualTo("d/f");
        assertThat(oracle(write(TarEntry.of(EntryType.CHARACTER_DEVICE, "c").device(1, 3), "")))
                .matches(TarArchiveEntry::isCharacterDevice)
                .matches(entry -> entry.getDevMajor() == 1 && entry.getDevMinor() == 3);
        assertThat(oracle(write(TarEntry.of(EntryType.BLOCK_DEVICE, "b").device(259, 1_000_000), "")))
                .matches(TarArchiveEntry::isBlockDevice)
                .matches(entry -> entry.getDevMajor() == 259 && entry.getDevMinor() == 1_000_000);
        assertThat(oracle(write(TarEntry.of(EntryType.FIFO, "p"), ""))).matches(TarArchiveEntry::isFIFO);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 101, 150, 155, 156, 200, 255, 256, 257, 300, 1000, 4000})
    void names_of_any_length_come_back(int length) throws IOException {
        for (String pattern : new String[] {"abcdefghi/", "abcdefghijklmnopqrstuvwxyz0123456789", "ä/", "x/"}) {
            String name = pattern.repeat(length).substring(0, length).replaceAll("/$", "z");
            TarArchiveEntry read = oracle(write(TarEntry.of(EntryType.FILE, name), ""));
            assertThat(read.getName()).isEqualTo(name);
            assertThat(oracle(write(TarEntry.of(EntryType.DIRECTORY, name), "")).getName())
                    .isEqualTo(name + "/");
            TarArchiveEntry link =
                    oracle(write(TarEntry.of(EntryType.SYMLINK, "l").linkTarget(name), ""));
            assertThat(link.getLinkName()).isEqualTo(name);
        }
    }

    @Test
    void long_names_that_can_be_cut_need_no_pax_header() throws IOException {
        String name = "a".repeat(155) + "/" + "b".repeat(100);

        assertThat(write(TarEntry.of(EntryType.FILE, name), "")).hasSize(512 + 1024);
        assertThat(write(TarEntry.of(EntryType.FILE, name + "b"), "")).hasSize(512 + 512 + 512 + 1024);
    }

    @Test
    void names_that_are_no_utf_8_stand_as_they_are_in_the_header() throws IOException {
        byte[] tar = write(TarEntry.of(EntryType.SYMLINK, "d/\udce4").linkTarget("\udcff"), "");

        assertThat(tar[156]).isEqualTo((byte) '2');
        assertThat(Arrays.copyOf(tar, 4)).containsExactly('d', '/', 0xe4, 0);
        assertThat(Arrays.copyOfRange(tar, 157, 159)).containsExactly(0xff, 0);
    }

    @Test
    void sizes_over_8_gib_are_written_in_a_pax_header() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        tar.put(TarEntry.of(EntryType.FILE, "large").size(1L << 33).build());

        assertThat(oracle(out.toByteArray()).getSize()).isEqualTo(1L << 33);
        assertThatThrownBy(tar::finish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void ids_that_do_not_fit_are_written_in_a_pax_header() throws IOException {
        TarArchiveEntry read = oracle(write(TarEntry.of(EntryType.FILE, "a").owner(1L << 21, (1L << 32) - 2), ""));

        assertThat(read.getLongUserId()).isEqualTo(1L << 21);
        assertThat(read.getLongGroupId()).isEqualTo((1L << 32) - 2);
        assertThat(write(TarEntry.of(EntryType.FILE, "a").owner((1 << 21) - 1, 0), ""))
                .hasSize(512 + 1024);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 0, 1",
        "1, 500000000, 1.5",
        "0, 1, 0.000000001",
        "-1, 0, -1",
        "-2, 500000000, -1.5",
        "-1, 999999999, -0.000000001",
        "-1, 500000000, -0.5",
        "8589934592, 0, 8589934592"
    })
    void times_are_written_with_no_digit_too_many(long seconds, int nanos, String expected) throws IOException {
        assertThat(TarWriter.time(seconds, nanos)).isEqualTo(expected);

        byte[] archive = write(TarEntry.of(EntryType.FILE, "a").mtime(seconds, nanos), "");
        assertThat(oracle(archive).getLastModifiedTime().toInstant()).isEqualTo(Instant.ofEpochSecond(seconds, nanos));
        TarEntry own = new TarReader(new ByteArrayInputStream(archive), TarLimits.DEFAULT).next();
        assertThat(own.mtimeSeconds()).isEqualTo(seconds);
        assertThat(own.mtimeNanos()).isEqualTo(nanos);
    }

    @Test
    void data_must_be_as_long_as_the_entry_says() throws IOException {
        TarWriter tar = new TarWriter(new ByteArrayOutputStream());
        tar.put(TarEntry.of(EntryType.FILE, "a").size(2).build());

        assertThatThrownBy(() -> tar.write(new byte[3], 0, 3)).isInstanceOf(IllegalStateException.class);
        tar.write(new byte[1], 0, 1);
        assertThatThrownBy(() -> tar.put(TarEntry.of(EntryType.FILE, "b").build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("missing data: 1 bytes");
    }

    private static byte[] write(TarEntry.Builder entry, String data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(out);
        tar.put(entry.build());
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        tar.write(bytes, 0, bytes.length);
        tar.finish();
        return out.toByteArray();
    }

    private static TarArchiveEntry oracle(byte[] archive) throws IOException {
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(archive), "UTF-8")) {
            return in.getNextEntry();
        }
    }
}
