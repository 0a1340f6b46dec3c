package dev.davit.oci.content;

import dev.davit.oci.Descriptor;

/**
 * Watches a transfer: first {@link #planned} says what it will be, once for each copy. The other methods may be called from several threads at once, for one descriptor from one at a time: one
 * {@link #started}, any number of {@link #progressed}, then exactly one {@link #finished} or {@link #failed}. A
 * listener cannot stop or break a transfer: what it throws is dropped, and the first of it is logged.
 */
public interface TransferListener {
    /**
     * A copy knows what it consists of; nothing of it is transferred yet. Each of these nodes gets its {@link #started},
     * unless the copy fails before; what is in the target already counts, too. Who watches several copies adds up.
     *
     * @param nodes how many blobs, manifests and indexes there are
     * @param bytes how long they are, all together
     */
    default void planned(int nodes, long bytes) {}

    /**
     * A node is being dealt with.
     *
     * @param node what it is
     */
    default void started(Descriptor node) {}

    /**
     * Bytes of a node were transferred.
     *
     * @param node what it is
     * @param bytes how many bytes were transferred in all so far; after a retry this starts again
     */
    default void progressed(Descriptor node, long bytes) {}

    /**
     * A node is in the target.
     *
     * @param node what it is
     * @param outcome how it got there
     */
    default void finished(Descriptor node, ContentStore.Outcome outcome) {}

    /**
     * A node could not be transferred.
     *
     * @param node what it is
     * @param cause why
     */
    default void failed(Descriptor node, RuntimeException cause) {}
}
