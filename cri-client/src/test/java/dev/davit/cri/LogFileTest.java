package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    private static final String TIME = "2026-11-22T08:33:00.235121976Z";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("web.log");
    }

    @Test
    void reads_all_lines() throws IOException {
        Files.writeString(file, TIME + " stdout F one\n" + TIME + " stderr F two\n");
        assertThat(LogFile.read(file, true)).extracting(LogLine::text).containsExactly("one", "two");
    }

    @Test
    void leaves_out_a_record_that_is_still_being_written() throws IOException {
        Files.writeString(file, TIME + " stdout F one\n" + TIME + " stdout F tw");
        assertThat(LogFile.read(file, true)).extracting(LogLine::text).containsExactly("one");
    }

    @Test
    void keeps_half_a_line_back_while_more_may_come() throws IOException {
        Files.writeString(file, TIME + " stdout F one\n" + TIME + " stdout P half\n");
        assertThat(LogFile.read(file, false)).extracting(LogLine::text).containsExactly("one");
        assertThat(LogFile.read(file, true)).extracting(LogLine::text).containsExactly("one", "half");
    }

    @Test
    void an_empty_file_has_no_lines() throws IOException {
        Files.createFile(file);
        assertThat(LogFile.read(file, true)).isEmpty();
    }

    @Test
    void refuses_a_file_that_would_fill_the_memory() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(LogFile.LIMIT + 1L);
        }
        assertThatThrownBy(() -> LogFile.read(file, true))
                .isInstanceOf(StorageException.class)
                .hasMessage("cannot read " + file + ": it is larger than 64 MiB");
    }

    @Test
    void says_that_a_file_is_missing() {
        assertThatThrownBy(() -> LogFile.read(file, true))
                .isInstanceOf(StorageException.class)
                .hasMessage("cannot read " + file + ": no such file");
    }
}
