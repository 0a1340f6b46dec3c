package dev.davit.image.internal.unpack;

import java.io.IOException;

/** Each layer goes to a folder of its own, so that what is hidden is marked, as the file system overlay wants it. */
final class OverlayHiding implements Hiding {
    private final OverlayLayer layer;
    private final Removal.Listener listener;

    /**
     * For one layer.
     *
     * @param listener hears what is gone
     */
    OverlayHiding(OverlayLayer layer, Removal.Listener listener) {
        this.layer = layer;
        this.listener = listener;
    }

    @Override
    public void mark(String path) {
        // what the layer has is in its folder
    }

    @Override
    public void markFresh(String directory) {
        // the same
    }

    @Override
    public void hide(String path) throws IOException {
        Tree.Node own = layer.own(path);
        if (own == null) {
            layer.makeWhiteout(path);
        } else if (own.isDirectory()) {
            layer.makeOpaque(path);
        }
    }

    @Override
    public void hideChildren(String directory) throws IOException {
        layer.makeOpaque(directory);
    }

    @Override
    public void clear(String path) throws IOException {
        layer.removeOwn(path, listener);
        layer.makeWhiteout(path);
    }
}
