package dev.davit.image;

import dev.davit.oci.internal.JsonMembers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What an {@link Unpacker} did, and what it could not do: nothing is left out silently. Immutable and safe to share.
 */
public final class UnpackReport {
    private final Path root;
    private final int layers;
    private final long entries;
    private final long bytes;
    private final List<Difference> differences;

    UnpackReport(Path root, int layers, long entries, long bytes, List<Difference> differences) {
        this.root = root;
        this.layers = layers;
        this.entries = entries;
        this.bytes = bytes;
        this.differences = List.copyOf(differences);
    }

    /** {@return the folder with the files of the image} */
    public Path root() {
        return root;
    }

    /** {@return how many layers were applied} */
    public int layers() {
        return layers;
    }

    /** {@return how many entries all layers had} */
    public long entries() {
        return entries;
    }

    /** {@return how many bytes all layers had, uncompressed} */
    public long bytes() {
        return bytes;
    }

    /** {@return everything in which the folder differs from what the image says, in the order it was met} */
    public List<Difference> differences() {
        return differences;
    }

    /** {@return whether the folder is exactly what the image says} */
    public boolean isExact() {
        return differences.isEmpty();
    }

    /**
     * {@return the report as a JSON object with the members {@code root}, {@code layers}, {@code entries}, {@code bytes}
     * and {@code differences}, an array of objects with {@code layer}, {@code path}, {@code kind} and {@code detail}}
     */
    public String toJson() {
        JsonMembers.Builder json = JsonMembers.builder(List.of());
        json.put("root", root.toString());
        json.put("layers", layers);
        json.put("entries", entries);
        json.put("bytes", bytes);
        json.putObjects(
                "differences", differences.stream().map(Difference::members).toList());
        return new String(json.build().toBytes(), StandardCharsets.UTF_8);
    }

    /** {@return the numbers in one line} */
    @Override
    public String toString() {
        return layers + " layers, " + entries + " entries, " + bytes + " bytes into " + root + ", " + differences.size()
                + " differences";
    }

    /** Which property of a file is not as the image says. */
    public enum Kind {
        /** User and group: only root may set them. */
        OWNER,
        /** The time of the last change: rounded, or out of the range of Java or the file system. */
        TIME,
        /** A character or block device was not made. */
        DEVICE,
        /** A named pipe was not made. */
        FIFO,
        /** An extended attribute was not set. */
        XATTR,
        /** The target of a symbolic link is spelled in another way, which leads to the same place. */
        LINK_TARGET,
        /** A layer is compressed in another way than its media type says. */
        MEDIA_TYPE,
        /** An entry that is meant for one storage driver only was passed over. */
        PASSED_OVER
    }

    /**
     * One thing that is not as the image says.
     *
     * @param layer index of the layer, lowest is 0
     * @param path name in the image without leading slash; empty for the root, or for the layer itself
     * @param kind which property it is
     * @param detail what the image says, as text for people
     */
    public record Difference(int layer, String path, Kind kind, String detail) {
        private JsonMembers members() {
            JsonMembers.Builder json = JsonMembers.builder(List.of());
            json.put("layer", layer);
            json.put("path", path);
            json.put("kind", kind.name());
            json.put("detail", detail);
            return json.build();
        }
    }
}
