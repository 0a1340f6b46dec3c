package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.ByteBlob;
import java.util.List;

/** A {@link ContentSource} in which content has names: a repository of a registry, an image layout, an archive. */
public interface Source extends ContentSource {
    /**
     * Finds out what a name stands for.
     *
     * @param name a tag, or a digest as text
     * @return descriptor of the manifest or index
     * @throws dev.davit.oci.NotFoundException if there is no such name
     */
    Descriptor resolve(String name);

    /**
     * Reads what a name stands for, in one step where the source can.
     *
     * @param name a tag, or a digest as text
     * @param maxSize how long it may be, in bytes
     * @return the manifest or index, verified and in memory
     * @throws dev.davit.oci.NotFoundException if there is no such name
     * @throws dev.davit.oci.IntegrityException if the bytes are not the described ones
     * @throws MalformedContentException if it is larger than that
     */
    default Blob document(String name, int maxSize) {
        Descriptor descriptor = resolve(name);
        return new ByteBlob(descriptor, fetch(descriptor, maxSize));
    }

    /** {@return all names, sorted} */
    List<String> tags();

    /**
     * Lists the manifests and indexes that say that they refer to something: signatures, bills of materials, anything
     * that was attached to an image later.
     *
     * @param subject what they refer to; it need not be there
     * @return their descriptors with the artifact type and the annotations, each once, in no particular order; empty if
     *     there are none. Where the list comes from elsewhere, it is a claim: only {@link dev.davit.oci.Document#subject} of
     *     what it names is proof
     * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers">
     *     distribution-spec, "Listing Referrers"</a>
     */
    List<Descriptor> referrers(Digest subject);
}
