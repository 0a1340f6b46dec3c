package dev.davit.examples.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Text in columns. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();

    Table(String... head) {
        rows.add(head);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    /** {@return as much of an ID as tells it from others, without the name of its algorithm} */
    static String shortId(String id) {
        String hex = id.substring(id.indexOf(':') + 1);
        return hex.matches("[0-9a-f]{13,}") ? hex.substring(0, 13) : id;
    }

    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Override
    public String toString() {
        return rows.stream().map(this::line).collect(Collectors.joining(System.lineSeparator()));
    }

    private String line(String[] cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            int column = i;
            int width =
                    rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
            line.append(cells[i]).append(" ".repeat(width - cells[i].length() + 3));
        }
        return line.toString().stripTrailing();
    }
}
