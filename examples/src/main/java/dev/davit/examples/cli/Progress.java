package dev.davit.examples.cli;

import dev.davit.oci.Descriptor;
import dev.davit.oci.content.ContentStore;
import dev.davit.oci.content.TransferListener;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Shows a transfer: one moving bar on a terminal, elsewhere a line for everything that has arrived. */
public final class Progress implements TransferListener, AutoCloseable {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 50_000_000;

    private final PrintWriter out;
    private final boolean terminal;
    private final Map<String, Long> running = new HashMap<>();
    private long known;
    private long done;
    private long drawn;

    private Progress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** {@return a display on this writer; {@code bin/davit} says whether that is a terminal} */
    public static Progress on(PrintWriter out) {
        return new Progress(out, Boolean.getBoolean("davit.terminal"));
    }

    @Override
    public synchronized void started(Descriptor node) {
        known += node.size();
        running.put(key(node), 0L);
    }

    @Override
    public synchronized void progressed(Descriptor node, long bytes) {
        running.put(key(node), bytes);
        draw(false);
    }

    @Override
    public synchronized void finished(Descriptor node, ContentStore.Outcome outcome) {
        running.remove(key(node));
        done += node.size();
        if (terminal) {
            draw(true);
        } else {
            out.println(outcome.name().toLowerCase(Locale.ROOT) + " " + node.digest() + " " + Sizes.of(node.size()));
        }
    }

    private void draw(boolean now) {
        long time = System.nanoTime();
        if (!terminal || (!now && time - drawn < REDRAW_NANOS)) {
            return;
        }
        drawn = time;
        long moved = done + running.values().stream().mapToLong(Long::longValue).sum();
        int filled = known == 0 ? WIDTH : (int) Math.min(WIDTH, WIDTH * moved / known);
        out.print("\r\u001b[K[" + "=".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + Sizes.of(moved) + " of "
                + Sizes.of(known));
        out.flush();
    }

    /** Takes the bar away. */
    @Override
    public synchronized void close() {
        if (terminal && drawn != 0) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }

    private static String key(Descriptor node) {
        return node.digest().toString();
    }
}
