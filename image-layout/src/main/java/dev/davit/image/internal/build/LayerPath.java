package dev.davit.image.internal.build;

import dev.davit.oci.internal.Text;

/** Paths in images as callers write them, brought to one form: no slash at either end, nothing empty, no dots. */
public final class LayerPath {
    private LayerPath() {}

    /**
     * {@return the path in its one form; empty for the root}
     *
     * @param path a path with forward slashes; absolute and relative mean the same
     * @throws IllegalArgumentException if it leads up, or no layer can have it
     */
    public static String normalize(String path) {
        String normal = normalizeAny(path);
        for (String element : normal.split("/", -1)) {
            requireName(element);
        }
        return normal;
    }

    /**
     * {@return the path in its one form, of something below the root}
     *
     * @param path a path with forward slashes
     * @throws IllegalArgumentException if it is the root, leads up, or no layer can have it
     */
    public static String below(String path) {
        String normal = normalize(path);
        if (normal.isEmpty()) {
            throw new IllegalArgumentException("path in a layer: expected one below the root, got " + Text.quote(path));
        }
        return normal;
    }

    /** {@return the path in its one form, which may be that of a whiteout} */
    static String normalizeAny(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (String element : path.split("/", -1)) {
            if (element.isEmpty() || element.equals(".")) {
                continue;
            }
            if (element.equals("..")) {
                throw new IllegalArgumentException("path in a layer: expected no \"..\", got " + Text.quote(path));
            }
            if (element.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("path in a layer: expected no NUL, got " + Text.quote(path));
            }
            out.append(out.isEmpty() ? "" : "/").append(element);
        }
        return out.toString();
    }

    /** A name that means a deletion cannot name a file: image-spec, layer.md, "Whiteouts". */
    static void requireName(String element) {
        if (element.startsWith(".wh.")) {
            throw new IllegalArgumentException(
                    "path in a layer: names that start with .wh. mean deletions, got " + Text.quote(element));
        }
    }

    /** Fails if the last element of a path cannot name a file. */
    static void requireLeaf(String path) {
        requireName(path.substring(path.lastIndexOf('/') + 1));
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String child(String directory, String name) {
        return directory.isEmpty() ? name : directory + '/' + name;
    }
}
