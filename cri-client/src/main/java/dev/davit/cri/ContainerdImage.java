package dev.davit.cri;

import dev.davit.oci.Descriptor;
import java.util.Map;
import java.util.Objects;

/**
 * A name that containerd has for an image. An image with several names is several of these.
 *
 * @param name the name: a whole reference, such as {@code docker.io/library/busybox:1.36}, or the ID of an image
 * @param target the manifest or index
 * @param labels what others have noted with it
 */
public record ContainerdImage(String name, Descriptor target, Map<String, String> labels) {
    /** Keeps a copy of the labels. */
    public ContainerdImage {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(target, "target");
        labels = Map.copyOf(labels);
    }
}
