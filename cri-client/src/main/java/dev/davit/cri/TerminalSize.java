package dev.davit.cri;

import java.nio.charset.StandardCharsets;

/**
 * Size of a terminal.
 *
 * @param columns width in characters
 * @param rows height in lines
 */
record TerminalSize(int columns, int rows) {
    private static final int MAX = 0xffff;

    TerminalSize {
        if (columns < 1 || columns > MAX || rows < 1 || rows > MAX) {
            throw new IllegalArgumentException(
                    "terminal: expected columns and rows from 1 to " + MAX + ", got " + columns + " x " + rows);
        }
    }

    /** {@return how servers want to be told} */
    byte[] message() {
        return ("{\"Width\":" + columns + ",\"Height\":" + rows + "}").getBytes(StandardCharsets.US_ASCII);
    }
}
