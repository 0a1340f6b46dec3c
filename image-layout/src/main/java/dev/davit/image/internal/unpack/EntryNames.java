package dev.davit.image.internal.unpack;

import dev.davit.image.internal.Names;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;

/** What the names in a layer mean: every one a place below the root, or an error. */
final class EntryNames {
    static final String WHITEOUT = ".wh.";
    static final String OPAQUE = ".wh..wh..opq";
    /** Names that one storage driver wrote for itself, long ago. */
    static final String DRIVER = ".wh..wh.";

    private EntryNames() {}

    /**
     * {@return the name without what makes no difference: leading slashes, empty elements, single dots; empty for the
     * root}
     *
     * @throws MalformedContentException if it leads up, is too deep, or has a NUL
     */
    static String clean(String name, int maxDepth) {
        // the names of directories end with a slash
        String bare = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        if (isClean(bare)) {
            requireDepth(bare, maxDepth);
            return bare;
        }
        StringBuilder out = new StringBuilder(name.length());
        for (String element : name.split("/", -1)) {
            if (element.isEmpty() || element.equals(".")) {
                continue;
            }
            if (element.equals("..")) {
                throw new MalformedContentException("name: expected no \"..\", got " + Text.quote(name));
            }
            out.append(out.isEmpty() ? "" : "/").append(element);
        }
        if (out.indexOf("\0") >= 0) {
            throw new MalformedContentException("name: expected no NUL, got " + Text.quote(name));
        }
        String clean = out.toString();
        requireDepth(clean, maxDepth);
        return clean;
    }

    /** Most names need no work: no element is empty or starts with a dot. */
    private static boolean isClean(String name) {
        char before = '/';
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == 0 || (before == '/' && (c == '/' || c == '.'))) {
                return false;
            }
            before = c;
        }
        return before != '/';
    }

    /**
     * Bounds how deep something lies.
     *
     * @throws LimitExceededException if a name or path has more elements
     */
    static void requireDepth(String name, int maxDepth) {
        int depth = 1;
        for (int i = name.indexOf('/'); i >= 0; i = name.indexOf('/', i + 1)) {
            depth++;
        }
        if (depth > maxDepth) {
            throw new LimitExceededException(
                    "maxDepth",
                    maxDepth,
                    "name: expected at most " + maxDepth + " levels (limit on depth), got " + depth,
                    null);
        }
    }

    /**
     * Bounds how long a name is.
     *
     * @throws LimitExceededException if a name or path has more bytes
     */
    static void requireLength(String name, int maxBytes) {
        // a character is at most three bytes, so most names need no encoding to be known as short enough
        if (name.length() > maxBytes / 3 && Names.encode(name).length > maxBytes) {
            throw new LimitExceededException(
                    "maxNameBytes",
                    maxBytes,
                    "name: expected at most " + maxBytes + " bytes (limit on names), got " + Names.encode(name).length,
                    null);
        }
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static String child(String directory, String name) {
        return directory.isEmpty() ? name : directory + '/' + name;
    }
}
