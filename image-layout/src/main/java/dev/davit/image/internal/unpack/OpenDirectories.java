package dev.davit.image.internal.unpack;

import dev.davit.image.internal.LocalNames;
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
    private final OpenDirectory root;
    private final LinkedHashMap<String, OpenDirectory> open = new LinkedHashMap<>(MAX_OPEN * 2, 0.75f, true);

    /** The directory above the last path, and its own: the next path is mostly one beside. */
    private String lastPath = "";

    private OpenDirectory last;

    /**
     * Opens the root.
     *
     * @param root a directory, not a link
     */
    OpenDirectories(Kernel kernel, Path root) throws IOException {
        this.kernel = kernel;
        this.root = new OpenDirectory(kernel.openDirectory(LinuxCalls.AT_FDCWD, LocalNames.text(root), ""));
        this.last = this.root;
    }

    /** {@return the directory that something lies in, good until the next call of any method here} */
    OpenDirectory above(String path) throws IOException {
        int slash = Math.max(path.lastIndexOf('/'), 0);
        if (slash != lastPath.length() || !path.startsWith(lastPath)) {
            String directory = path.substring(0, slash);
            last = get(directory);
            lastPath = directory;
        }
        return last;
    }

    private void forgetLast() {
        lastPath = "";
        last = root;
    }

    /**
     * {@return the directory, good until the next call of any method here}
     *
     * @param path its physical path, empty for the root
     */
    OpenDirectory get(String path) throws IOException {
        if (path.isEmpty()) {
            return root;
        }
        OpenDirectory known = open.get(path);
        if (known != null) {
            return known;
        }
        int from = path.length();
        OpenDirectory current = root;
        for (int cut = path.lastIndexOf('/'); ; cut = path.lastIndexOf('/', cut - 1)) {
            if (cut < 0) {
                from = 0;
                break;
            }
            OpenDirectory above = open.get(path.substring(0, cut));
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
            int fd = kernel.openDirectory(current.fd(), path.substring(from, end), directory);
            current = new OpenDirectory(fd);
            keep(directory, current);
            from = end + 1;
        }
        return current;
    }

    /** Takes a directory out, so that it stays open until {@link #keep} gives it back. */
    OpenDirectory take(String path) throws IOException {
        OpenDirectory taken = get(path);
        forgetLast();
        open.remove(path);
        return taken;
    }

    void keep(String path, OpenDirectory directory) {
        if (path.isEmpty()) {
            return;
        }
        forgetLast();
        if (open.size() >= MAX_OPEN) {
            Map.Entry<String, OpenDirectory> eldest = open.entrySet().iterator().next();
            open.remove(eldest.getKey());
            kernel.close(eldest.getValue().fd());
        }
        OpenDirectory before = open.put(path, directory);
        if (before != null) {
            kernel.close(before.fd());
        }
    }

    /** A directory is about to be removed. It has no children any more, so none of them is open either. */
    void forget(String path) {
        forgetLast();
        String below = path + '/';
        open.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().equals(path) || entry.getKey().startsWith(below);
            if (gone) {
                kernel.close(entry.getValue().fd());
            }
            return gone;
        });
    }

    void close() {
        open.values().forEach(directory -> kernel.close(directory.fd()));
        open.clear();
        kernel.close(root.fd());
    }
}
