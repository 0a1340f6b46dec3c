package dev.davit.cri;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.LogLine.Stream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogParserTest {
    private static final String TIME = "2026-11-22T08:33:00.235121976Z";

    private final LogParser parser = new LogParser();

    @Test
    void reads_time_to_the_nanosecond_stream_and_text() {
        record(TIME + " stderr F hello, world");
        assertThat(lines()).containsExactly(new LogLine(Instant.parse(TIME), Stream.STDERR, "hello, world"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T08:33:00Z, 2026-11-22T08:33:00Z",
        "2026-11-22T08:33:00.5Z, 2026-11-22T08:33:00.5Z",
        "2026-11-22T08:33:00.000000001Z, 2026-11-22T08:33:00.000000001Z",
        "2026-11-22T09:33:00.25+01:00, 2026-11-22T08:33:00.25Z",
    })
    void reads_times_as_go_writes_them(String written, Instant time) {
        record(written + " stdout F x");
        assertThat(lines()).extracting(LogLine::time).containsExactly(time);
    }

    @Test
    void joins_parts_even_if_the_other_stream_comes_in_between() {
        record(TIME + " stdout P one ");
        record(TIME + " stderr P error ");
        record("2026-11-22T08:33:01Z stdout P two ");
        record("2026-11-22T08:33:01Z stderr F here");
        record("2026-11-22T08:33:02Z stdout F three");
        assertThat(lines())
                .containsExactly(
                        new LogLine(Instant.parse(TIME), Stream.STDERR, "error here"),
                        new LogLine(Instant.parse(TIME), Stream.STDOUT, "one two three"));
    }

    @Test
    void joins_parts_that_were_cut_within_a_character() {
        byte[] euro = "€".getBytes(UTF_8);
        parser.record(concat((TIME + " stdout P ").getBytes(UTF_8), Arrays.copyOf(euro, 1)));
        parser.record(concat((TIME + " stdout F ").getBytes(UTF_8), Arrays.copyOfRange(euro, 1, 3)));
        assertThat(lines()).extracting(LogLine::text).containsExactly("€");
    }

    @Test
    void replaces_bytes_that_are_no_utf8() {
        parser.record(concat((TIME + " stdout F a").getBytes(UTF_8), new byte[] {(byte) 0xff, 'b'}));
        assertThat(lines()).extracting(LogLine::text).containsExactly("a\ufffdb");
    }

    @Test
    void keeps_spaces_and_empty_lines() {
        record(TIME + " stdout F ");
        record(TIME + " stdout F");
        record(TIME + " stdout F   two before, one after ");
        assertThat(lines()).extracting(LogLine::text).containsExactly("", "", "  two before, one after ");
    }

    @Test
    void takes_the_first_of_several_tags() {
        record(TIME + " stdout P:more:tags a");
        record(TIME + " stdout F:x b");
        assertThat(lines()).extracting(LogLine::text).containsExactly("ab");
    }

    @Test
    void a_line_without_an_end_counts_only_when_nothing_more_can_come() {
        record(TIME + " stdout F whole");
        record(TIME + " stdout P half");
        assertThat(lines()).extracting(LogLine::text).containsExactly("whole");
        parser.finish();
        assertThat(lines()).extracting(LogLine::text).containsExactly("half");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "no record at all",
                "yesterday stdout F x",
                TIME,
                TIME + " stdout",
                TIME + " stdin F x",
                TIME + " stdout X x",
                TIME + "  stdout F x",
                "{\"log\":\"x\\n\",\"stream\":\"stdin\",\"time\":\"" + TIME + "\"}",
                "{\"log\":\"x\\n\",\"stream\":\"stdout\"}",
                "{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":",
            })
    void skips_and_counts_what_is_no_record(String noise) {
        record(TIME + " stdout F before");
        record(noise);
        record(TIME + " stdout F after");
        assertThat(lines()).extracting(LogLine::text).containsExactly("before", "after");
        assertThat(parser.skipped()).isEqualTo(1);
    }

    @Test
    void reads_what_docker_writes() {
        record("{\"log\":\"one \",\"stream\":\"stdout\",\"time\":\"" + TIME + "\"}");
        record("{\"log\":\"two\\n\",\"stream\":\"stdout\",\"attrs\":{\"a\":\"b\"},\"time\":\"" + TIME + "\"}");
        assertThat(lines()).containsExactly(new LogLine(Instant.parse(TIME), Stream.STDOUT, "one two"));
    }

    @Test
    void keeps_bytes_that_are_no_utf8_as_they_are() {
        parser.record(concat((TIME + " stdout F a").getBytes(UTF_8), new byte[] {(byte) 0xff, 'b'}));
        assertThat(lines().get(0).bytes()).containsExactly('a', 0xff, 'b');
    }

    @Test
    void hands_out_a_line_without_end_in_pieces() {
        String part = "x".repeat(1 << 19);
        for (int i = 0; i <= LogParser.LONGEST_LINE >> 19; i++) {
            record(TIME + " stdout P " + part);
        }
        record(TIME + " stdout F end");
        assertThat(lines()).extracting(LogLine::isComplete).containsExactly(false, true);
    }

    private List<LogLine> lines() {
        List<LogLine> lines = new ArrayList<>();
        for (LogLine line = parser.next(); line != null; line = parser.next()) {
            lines.add(line);
        }
        return lines;
    }

    private void record(String text) {
        parser.record(text.getBytes(UTF_8));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
