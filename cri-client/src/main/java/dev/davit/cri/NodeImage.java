package dev.davit.cri;

import dev.davit.cri.raw.Image;
import java.util.List;
import java.util.Optional;

/** An image on the node, as it was when the runtime was asked. Immutable. */
public final class NodeImage {
    private final Image raw;

    NodeImage(Image raw) {
        this.raw = raw;
    }

    /** {@return the ID: the digest of the configuration of the image, {@code sha256:...}} */
    public String id() {
        return raw.getId();
    }

    /** {@return the names with a tag under which the node knows the image} */
    public List<String> tags() {
        return List.copyOf(raw.getRepoTagsList());
    }

    /** {@return the names with a digest under which the node knows the image} */
    public List<String> digests() {
        return List.copyOf(raw.getRepoDigestsList());
    }

    /** {@return bytes that the image takes on the node, as the runtime counts them} */
    public long size() {
        return raw.getSize();
    }

    /** {@return the user that the image wants to run as, by name or number; nothing means root} */
    public Optional<String> user() {
        if (raw.hasUid()) {
            return Optional.of(Long.toString(raw.getUid().getValue()));
        }
        return raw.getUsername().isEmpty() ? Optional.empty() : Optional.of(raw.getUsername());
    }

    /** {@return whether the node never removes the image by itself} */
    public boolean isPinned() {
        return raw.getPinned();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeImage image && image.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return a name and the ID} */
    @Override
    public String toString() {
        return (tags().isEmpty() ? "image" : tags().get(0)) + " (" + id() + ")";
    }
}
