package dev.davit.image.internal.fs;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Cursors that nobody uses at the moment: files are mostly read in the order in which they lie in a layer, and then each
 * goes on where the one before ended. Safe to share between threads.
 */
final class Cursors implements Closeable {
    /** Each takes half a megabyte. */
    private static final int IDLE = 8;

    private final Deque<Cursor> idle = new ArrayDeque<>();
    private boolean closed;

    /** {@return a cursor that reaches a position, for the caller alone, who gives it back} */
    Cursor take(LayerContent layer, long position) throws IOException {
        Cursor known = takeIdle(layer, position);
        return known == null ? layer.cursor(position) : known;
    }

    private synchronized @Nullable Cursor takeIdle(LayerContent layer, long position) {
        for (Iterator<Cursor> all = idle.iterator(); all.hasNext(); ) {
            Cursor cursor = all.next();
            if (cursor.layer() == layer && cursor.reaches(position)) {
                all.remove();
                return cursor;
            }
        }
        return null;
    }

    /** Takes a cursor back. */
    void give(Cursor cursor) throws IOException {
        cursor.park();
        Cursor oldest = add(cursor);
        if (oldest != null) {
            oldest.close();
        }
    }

    private synchronized @Nullable Cursor add(Cursor cursor) {
        if (closed) {
            return cursor;
        }
        idle.addFirst(cursor);
        return idle.size() > IDLE ? idle.removeLast() : null;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        while (!idle.isEmpty()) {
            idle.removeLast().close();
        }
    }
}
