package dev.davit.oci.content;

import dev.davit.oci.Descriptor;

/** A {@link ContentStore} in which content can be given names. */
public interface Target extends ContentStore {
    /**
     * Gives a manifest or index that is in the store a name; what had the name before loses it.
     *
     * @param descriptor the manifest or index
     * @param name the name
     * @throws dev.davit.oci.NotFoundException if the store does not have it
     */
    void tag(Descriptor descriptor, String name);

    /**
     * Puts a manifest or index whose content is in the store already and names it, in one step where the target can.
     *
     * @param document the manifest or index
     * @param name its name
     * @return what was done with the document
     */
    default Outcome put(Blob document, String name) {
        Outcome outcome = put(document);
        tag(document.descriptor(), name);
        return outcome;
    }
}
