package dev.davit.image.internal.unpack;

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
        if (isClean(name)) {
            requireDepth(name, maxDepth);
            return name;
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

    private static void requireDepth(String name, int maxDepth) {
        int depth = 1;
        for (int i = name.indexOf('/'); i >= 0; i = name.indexOf('/', i + 1)) {
            depth++;
        }
        if (depth > maxDepth) {
            throw new MalformedContentException(
                    "name: expected at most " + maxDepth + " levels (limit on depth), got " + depth);
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
