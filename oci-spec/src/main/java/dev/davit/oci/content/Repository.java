package dev.davit.oci.content;

import java.util.List;

/** Named content that can be read and written: a repository of a registry, or an image layout. */
public interface Repository extends Source, Target {
    /** {@return all names, sorted} */
    List<String> tags();
}
