package dev.davit.image.internal.unpack;

import java.io.IOException;

/**
 * What becomes of that which lower layers left. A whiteout hides it, wherever in its layer it stands, and never what its
 * own layer has: image-spec, layer.md, "Whiteouts". For one layer.
 */
interface Hiding {
    /** The layer has something at a path. */
    void mark(String path);

    /** The layer made a directory where nothing was. */
    void markFresh(String directory);

    /** Hides what lower layers have at a path. */
    void hide(String path) throws IOException;

    /** Hides what lower layers have in a directory. */
    void hideChildren(String directory) throws IOException;

    /** Makes room for something new, whichever layer left what is there. */
    void clear(String path) throws IOException;
}
