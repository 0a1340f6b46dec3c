package dev.davit.image.internal.unpack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The directories of a tree that are open, found by their physical paths. Each was opened by its name in the one above
 * it, and never through a link; so it is one that lay below the root then, whatever other processes do to names. The
 * least recently used are closed.
 *
 * <p>This does what {@code openat2} with {@code RESOLVE_NO_SYMLINKS} does, on kernels and in sandboxes that do not have
 * it too, and mostly in fewer steps, because entries of an archive lie side by side.
 */
final class OpenDirectories {
    private static final int MAX_OPEN = 64;

    private final Kernel kernel;
    private final int root;
    private final LinkedHashMap<String, Integer> open = new LinkedHashMap<>(MAX_OPEN * 2, 0.75f, true);

    /**
     * Opens the root.
     *
     * @param root a directory, not a link
     */
    OpenDirectories(Kernel kernel, Path root) throws IOException {
        this.kernel = kernel;
        this.root = kernel.openDirectory(LinuxCalls.AT_FDCWD, dev.davit.image.internal.LocalNames.text(root), "");
    }

    /**
     * {@return the directory, good until the next call of any method here}
     *
     * @param path its physical path, empty for the root
     */
    int get(String path) throws IOException {
        if (path.isEmpty()) {
            return root;
        }
        Integer known = open.get(path);
        if (known != null) {
            return known;
        }
        int from = path.length();
        int current = root;
        for (int cut = path.lastIndexOf('/'); ; cut = path.lastIndexOf('/', cut - 1)) {
            if (cut < 0) {
                from = 0;
                break;
            }
            Integer above = open.get(path.substring(0, cut));
            if (above != null) {
                current = above;
                from = cut + 1;
                break;
            }
        }
        while (from < path.length()) {
            int slash = path.indexOf('/', from);
            int end = slash < 0 ? path.length() : slash;
            String directory = path.substring(0, end);
            current = kernel.openDirectory(current, path.substring(from, end), directory);
            keep(directory, current);
            from = end + 1;
        }
        return current;
    }

    /** Takes a directory out, so that it stays open until {@link #keep} gives it back. */
    int take(String path) throws IOException {
        int fd = get(path);
        open.remove(path);
        return fd;
    }

    void keep(String path, int fd) {
        if (path.isEmpty()) {
            return;
        }
        if (open.size() >= MAX_OPEN) {
            Map.Entry<String, Integer> eldest = open.entrySet().iterator().next();
            open.remove(eldest.getKey());
            kernel.close(eldest.getValue());
        }
        Integer before = open.put(path, fd);
        if (before != null) {
            kernel.close(before);
        }
    }

    /** A directory is about to be removed. It has no children any more, so none of them is open either. */
    void forget(String path) {
        String below = path + '/';
        open.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().equals(path) || entry.getKey().startsWith(below);
            if (gone) {
                kernel.close(entry.getValue());
            }
            return gone;
        });
    }

    void close() {
        open.values().forEach(kernel::close);
        open.clear();
        kernel.close(root);
    }
}
