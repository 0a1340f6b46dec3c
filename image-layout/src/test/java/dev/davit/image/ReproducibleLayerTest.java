package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.internal.build.Content;
import dev.davit.image.internal.build.LayerPlan;
import dev.davit.image.internal.build.LayerSettings;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same content is the same layer everywhere, or an error. */
class ReproducibleLayerTest {
    private static final Instant TIME = Instant.parse("2020-02-03T04:05:06.5Z");

    @TempDir
    Path folder;

    /** What another JVM prints: the diffID of a folder, plain and with times. */
    public static void main(String[] args) {
        LayerSpec spec = LayerSpec.named("a").directory("/d", Path.of(args[0])).symlink("/ö", "ä");
        try (TemporaryStore store = LocalStore.temporary()) {
            System.out.println(spec.writeTo(store, Compression.NONE).diffId());
            System.out.println(LayerLines.of(
                    LayerSpec.named("a").file("/f", Path.of(args[0], "b")).preserve(Attribute.TIMES)));
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    @Tag("jdk25")
    void order_of_creation_umask_locale_and_charset_make_no_difference() throws Exception {
        List<String> names = new ArrayList<>(List.of("b", "ä", "a", "Z", "日本", "\ud83d\ude00", "\uff5e", "z/y", "z/x"));
        String plain = run(tree("one", names), Map.of(), "");
        Collections.reverse(names);
        Path other = tree("two", names);
        String different = run(other, Map.of("LC_ALL", "C", "LANG", "C"), "umask 077;", "-Dfile.encoding=ISO-8859-1");
        Collections.shuffle(names);
        String turkish = run(
                tree("three", names),
                Map.of("LC_ALL", "C.UTF-8", "TZ", "Asia/Kathmandu"),
                "",
                "-Duser.language=tr",
                "-Duser.country=TR");

        assertThat(plain).startsWith("sha256:");
        assertThat(plain.lines().findFirst()).isEqualTo(different.lines().findFirst());
        assertThat(turkish).isEqualTo(plain);
    }

    @Test
    void times_that_are_kept_are_no_later_than_the_date_of_the_source() throws Exception {
        Path tree = tree("tree", List.of("b"));

        assertThat(run(tree, Map.of(), "")).contains("[-0644 f 2020-02-03T04:05:06.500Z = b]");
        assertThat(run(tree, Map.of("SOURCE_DATE_EPOCH", "1000000000"), ""))
                .contains("[-0644 f 2001-09-09T01:46:40Z = b]");
        assertThat(run(tree, Map.of("SOURCE_DATE_EPOCH", "2000000000"), ""))
                .contains("[-0644 f 2020-02-03T04:05:06.500Z = b]");
    }

    @Test
    void a_malformed_date_of_the_source_is_an_error() throws Exception {
        Path tree = tree("tree", List.of("b"));
        for (String wrong : List.of("yesterday", "1.5", "0x10", " 1", "99999999999999999999")) {
            assertThat(run(tree, Map.of("SOURCE_DATE_EPOCH", wrong), ""))
                    .isEqualTo("SOURCE_DATE_EPOCH: expected whole seconds since 1970, got \"" + wrong + "\"\n");
        }
    }

    @Test
    void a_file_of_more_than_8_gib_has_its_size_in_a_header_that_can_hold_it() throws IOException {
        Path large = folder.resolve("large");
        long size = (8L << 30) + 1;
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(size);
        }
        ByteArrayOutputStream start = new ByteArrayOutputStream();
        LayerPlan plan = new LayerPlan(LayerSettings.DEFAULT);
        plan.file("large", 0644, Content.of(large));

        assertThatThrownBy(() -> plan.write(new OutputStream() {
                    @Override
                    public void write(int b) {
                        start.write(b);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        start.write(bytes, offset, length);
                        if (start.size() > 4096) {
                            throw new IOException("seen enough");
                        }
                    }
                }))
                .hasMessage("seen enough");

        TarEntry entry = new TarReader(new ByteArrayInputStream(start.toByteArray()), TarLimits.DEFAULT).next();
        assertThat(entry.size()).isEqualTo(size);
        assertThat(new String(start.toByteArray(), 512, 30, java.nio.charset.StandardCharsets.US_ASCII))
                .startsWith("19 size=8589934593\n");
    }

    @Test
    void a_file_that_changes_its_size_while_it_is_read_is_an_error() throws IOException {
        for (long changed : new long[] {0, (1 << 20) - 1, (1 << 20) + 1, 5 << 20}) {
            Path file = Files.write(folder.resolve("file"), new byte[1 << 20]);
            LayerPlan plan = new LayerPlan(LayerSettings.DEFAULT);
            plan.file("file", 0644, Content.of(file));

            assertThatThrownBy(() -> plan.write(new OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            write(new byte[] {(byte) b}, 0, 1);
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) throws IOException {
                            try (RandomAccessFile other = new RandomAccessFile(file.toFile(), "rw")) {
                                other.setLength(changed);
                            }
                        }
                    }))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(changed < 1 << 20 ? "it got shorter" : "it got longer")
                    .hasMessageContaining("expected 1048576 bytes");
        }
    }

    private Path tree(String name, List<String> names) throws IOException {
        Path tree = folder.resolve(name);
        for (String child : names) {
            Path file = tree.resolve(child);
            Files.createDirectories(file.getParent());
            Files.writeString(file, child);
            Files.setLastModifiedTime(file, FileTime.from(TIME));
        }
        return tree;
    }

    private String run(Path tree, Map<String, String> environment, String before, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", before + " exec \"$0\" \"$@\""));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), getClass().getName(), tree.toString()));
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("SOURCE_DATE_EPOCH");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return Files.readString(output);
        } finally {
            process.destroyForcibly();
        }
    }
}
