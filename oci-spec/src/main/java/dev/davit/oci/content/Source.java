package dev.davit.oci.content;

import dev.davit.oci.Descriptor;

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
}
