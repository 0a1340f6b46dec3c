package dev.davit.image.internal.unpack;

import java.io.IOException;

/** Where the layers of an image go. For one thread, once. */
interface Destination {
    /** {@return what applies the entries of the next layer} */
    LayerApplier start(int layer) throws IOException;

    /** All entries of the layer were applied. */
    void end(int layer) throws IOException;

    /** All layers were applied. */
    void finish() throws IOException;
}
