package dev.davit.cri;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are written, renamed and compressed here as the kubelet does it. */
@Timeout(30)
class LogReaderTest {
    private static final Instant START = Instant.parse("2026-11-22T08:33:00.000000001Z");

    @TempDir
    private Path folder;

    private Path file;
    private final AtomicBoolean running = new AtomicBoolean();
    private int written;

    @BeforeEach
    void name() {
        file = folder.resolve("web.log");
    }

    /** Each record is a second after the one before. */
    private String record(String rest) {
        return START.plusSeconds(written++) + " " + rest + "\n";
    }

    private void write(String... rests) throws IOException {
        for (String rest : rests) {
            Files.writeString(file, record(rest), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private Path rotate(String time) throws IOException {
        return Files.move(file, folder.resolve("web.log." + time));
    }

    private void compress(Path rotated) throws IOException {
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(folder.resolve(rotated.getFileName() + ".gz")))) {
            Files.copy(rotated, out);
        }
        Files.delete(rotated);
    }

    private LogReader reader(LogOptions options) {
        return new LogReader(file, options, running::get);
    }

    private List<String> read(LogOptions options) {
        List<String> lines = new ArrayList<>();
        try (LogReader reader = reader(options)) {
            for (LogLine line = reader.next(); line != null; line = reader.next()) {
                lines.add(line.text());
            }
        }
        return lines;
    }

    @Test
    void reads_the_files_of_a_log_in_their_order_each_once() throws IOException {
        write("stdout F one", "stderr F two");
        compress(rotate("20261122-083300"));
        write("stdout F three");
        rotate("20261122-083400");
        write("stdout F four");
        Files.writeString(folder.resolve("web.log.tmp"), "not of this log\n");
        assertThat(read(LogOptions.all())).containsExactly("one", "two", "three", "four");
    }

    @Test
    void joins_a_line_whose_parts_are_in_two_files() throws IOException {
        write("stdout P one ");
        rotate("20261122-083300");
        write("stdout F two");
        assertThat(read(LogOptions.all())).containsExactly("one two");
    }

    @Test
    void what_is_compressed_and_not_yet_removed_counts_once() throws IOException {
        write("stdout F one");
        Path rotated = rotate("20261122-083300");
        byte[] plain = Files.readAllBytes(rotated);
        compress(rotated);
        Files.write(rotated, plain);
        write("stdout F two");
        assertThat(read(LogOptions.all())).containsExactly("one", "two");
    }

    @Test
    void keeps_half_a_line_back_while_more_may_come() throws IOException {
        write("stdout F one", "stdout P half");
        Files.writeString(file, "2026-11-22T08:34:00Z stdout F cut", StandardOpenOption.APPEND);
        running.set(true);
        assertThat(read(LogOptions.all())).containsExactly("one");
        running.set(false);
        assertThat(read(LogOptions.all())).containsExactly("one", "half");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 8, 100, 2999, 3000, 3001, 100_000})
    void the_last_lines_may_be_in_several_files(int tail) throws IOException {
        for (int i = 0; i < 1000; i++) {
            write("stdout P line ", "stderr F error " + i, "stdout F " + i, "stdout F " + "x".repeat(i % 200));
            if (i == 300) {
                compress(rotate("20261122-083300"));
            }
            if (i == 995) {
                rotate("20261122-083400");
            }
        }
        List<String> all = IntStream.range(0, 1000)
                .boxed()
                .flatMap(i -> List.of("error " + i, "line " + i, "x".repeat(i % 200)).stream())
                .toList();
        assertThat(read(LogOptions.all())).isEqualTo(all);
        assertThat(read(LogOptions.all().tail(tail)))
                .isEqualTo(all.subList(Math.max(0, all.size() - tail), all.size()));
    }

    @Test
    void wants_can_be_combined() throws IOException {
        write("stdout F a", "stderr F b");
        rotate("20261122-083300");
        write("stdout F c", "stderr F d", "stdout F efg", "stdout F h");
        assertThat(read(LogOptions.all().stream(LogLine.Stream.STDERR))).containsExactly("b", "d");
        assertThat(read(LogOptions.all().since(START.plusSeconds(2)))).containsExactly("c", "d", "efg", "h");
        assertThat(read(LogOptions.all().since(START.plusSeconds(1)).tail(3))).containsExactly("d", "efg", "h");
        assertThat(read(LogOptions.all().stream(LogLine.Stream.STDOUT).tail(2)))
                .as("the last two of those that are wanted")
                .containsExactly("efg", "h");
        assertThat(read(LogOptions.all().stream(LogLine.Stream.STDOUT).limitBytes(4)))
                .containsExactly("a", "c", "ef");
        assertThat(read(LogOptions.all().limitBytes(0))).isEmpty();
    }

    @Test
    void follows_over_new_files_and_loses_and_doubles_nothing() throws Exception {
        running.set(true);
        Files.createFile(file);
        CompletableFuture<List<String>> lines =
                CompletableFuture.supplyAsync(() -> read(LogOptions.all().follow()));
        List<String> expected = new ArrayList<>();
        Path before = null;
        for (int i = 0; i < 600; i++) {
            write("stdout F line " + i);
            expected.add("line " + i);
            if (i % 100 == 50) {
                Path rotated = rotate("20261122-08330" + i / 100);
                // what a runtime still had for the file that it wrote to before
                Files.writeString(rotated, record("stdout F late " + i), StandardOpenOption.APPEND);
                expected.add("late " + i);
                Thread.sleep(400);
                if (before != null) {
                    compress(before);
                }
                before = rotated;
            }
            if (i % 37 == 0) {
                Thread.sleep(5);
            }
        }
        running.set(false);
        assertThat(lines.get(20, TimeUnit.SECONDS)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void ends_when_it_is_closed_by_another_thread() throws Exception {
        running.set(true);
        write("stdout F one");
        LogReader reader = reader(LogOptions.all().follow());
        assertThat(reader.next()).hasToString("one");
        CompletableFuture<Object> next = CompletableFuture.supplyAsync(() -> String.valueOf(reader.next()));
        Thread.sleep(50);
        reader.close();
        assertThat(next.get(5, TimeUnit.SECONDS)).isEqualTo("null");
    }

    @Test
    void stops_on_an_interrupted_thread() throws IOException {
        running.set(true);
        write("stdout F one");
        try (LogReader reader = reader(LogOptions.all().follow())) {
            reader.next();
            Thread.currentThread().interrupt();
            assertThatThrownBy(reader::next).isInstanceOf(CriException.class).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void a_line_that_never_ends_is_given_out_in_pieces() throws IOException {
        String part = record("stdout P " + "x".repeat(1 << 19));
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < 40; i++) {
                out.write(part.getBytes(UTF_8));
            }
        }
        try (LogReader reader = reader(LogOptions.all())) {
            LogLine first = reader.next();
            assertThat(first).isNotNull();
            assertThat(first.isComplete()).isFalse();
            assertThat(first.length()).isBetween(16 << 20, 18 << 20);
        }
    }

    @Test
    void what_is_no_record_is_left_out() throws IOException {
        write("stdout F one");
        Files.writeString(file, "nonsense\n" + "y".repeat(3 << 20) + "\n\n", StandardOpenOption.APPEND);
        write("stdout F two");
        assertThat(read(LogOptions.all())).containsExactly("one", "two");
    }

    @Test
    void an_empty_file_has_no_lines() throws IOException {
        Files.createFile(file);
        assertThat(read(LogOptions.all())).isEmpty();
        assertThat(read(LogOptions.all().tail(3))).isEmpty();
    }

    @Test
    void says_that_a_file_is_missing() {
        assertThatThrownBy(() -> read(LogOptions.all()))
                .isInstanceOf(StorageException.class)
                .hasMessage("cannot read " + file + ": no such file");
    }
}
