package dev.davit.image.internal.unpack;

import dev.davit.image.internal.unpack.Tree.Node;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the directory that a name means, as the kernel would if the root were all there is: links on the way are
 * followed inside the root, absolute ones start at it, and nothing leads above it. Each element is looked at, by itself
 * and without following it, before the next one is looked up in it; so no text from an image is ever given to the
 * system to resolve.
 *
 * <p>What was found is remembered, since nearly every entry comes beside the one before. A directory stays what it is
 * until something is removed: {@link #forget} must be called then.
 */
final class Directories {
    private static final int MAX_LINKS = 255;
    /** Links to long paths multiply what 255 links cost. */
    private static final int MAX_STEPS = 8192;

    private static final int MAX_KNOWN = 20_000;

    private final Tree tree;
    private final Findings findings;
    private final Maker maker;
    private final Map<String, String> known = new HashMap<>();

    /**
     * Starts with nothing known.
     *
     * @param tree where they are
     * @param findings knows what the system did not make
     * @param maker makes directories that are missing
     */
    Directories(Tree tree, Findings findings, Maker maker) {
        this.tree = tree;
        this.findings = findings;
        this.maker = maker;
    }

    /** Makes a directory in one that is there. */
    interface Maker {
        void make(String path) throws IOException;
    }

    /** Something that is no plain file was removed: nothing that was found may be relied on. */
    void forget() {
        known.clear();
    }

    /**
     * Finds a directory, and makes what is missing of it.
     *
     * @param name a clean name
     * @return its physical path
     * @throws MalformedContentException if something else is in the way
     */
    String make(String name) throws IOException {
        String found = walk(name, true);
        if (found == null) {
            throw new IllegalStateException("what is missing is made");
        }
        return found;
    }

    /** {@return the physical path of a directory, or null if there is none} */
    @Nullable
    String find(String name) throws IOException {
        return walk(name, false);
    }

    private @Nullable String walk(String name, boolean make) throws IOException {
        if (name.isEmpty()) {
            return "";
        }
        String all = known.get(name);
        if (all != null) {
            return all;
        }
        int from = 0;
        String current = "";
        for (int cut = name.lastIndexOf('/'); cut > 0; cut = name.lastIndexOf('/', cut - 1)) {
            String start = known.get(name.substring(0, cut));
            if (start != null) {
                current = start;
                from = cut + 1;
                break;
            }
        }
        Budget budget = new Budget(name);
        while (from < name.length()) {
            int slash = name.indexOf('/', from);
            int end = slash < 0 ? name.length() : slash;
            String next = step(current, name.substring(from, end), make, budget);
            if (next == null) {
                return null;
            }
            current = next;
            if (known.size() >= MAX_KNOWN) {
                known.clear();
            }
            known.put(name.substring(0, end), current);
            from = end + 1;
        }
        return current;
    }

    /** Goes one element further, which is several if it is a link. */
    private @Nullable String step(String start, String element, boolean make, Budget budget) throws IOException {
        String current = start;
        Deque<String> open = new ArrayDeque<>();
        open.push(element);
        while (!open.isEmpty()) {
            String next = open.pop();
            if (next.isEmpty() || next.equals(".")) {
                continue;
            }
            budget.step();
            if (next.equals("..")) {
                // the path is physical, so its text says what is above; above the root is the root
                current = EntryNames.parent(current);
                continue;
            }
            String path = EntryNames.child(current, next);
            Node node = tree.stat(path);
            if (node == null && !findings.isMissing(path)) {
                if (!make) {
                    return null;
                }
                maker.make(path);
                current = path;
            } else if (node != null && node.isDirectory()) {
                current = path;
            } else if (node != null && node.type() == Tree.NodeType.SYMLINK) {
                budget.link();
                String target = tree.readLink(path);
                String[] elements = target.split("/", -1);
                for (int i = elements.length - 1; i >= 0; i--) {
                    open.push(elements[i]);
                }
                current = target.startsWith("/") ? "" : current;
            } else if (make) {
                throw new MalformedContentException(
                        "expected a directory at " + Text.quote(path) + ", which is something else");
            } else {
                return null;
            }
        }
        return current;
    }

    /** How much one name may cost. */
    private static final class Budget {
        private final String name;
        private int links;
        private int steps;

        Budget(String name) {
            this.name = name;
        }

        void link() {
            if (++links > MAX_LINKS) {
                throw tooMuch(MAX_LINKS + " links");
            }
        }

        void step() {
            if (++steps > MAX_STEPS) {
                throw tooMuch(MAX_STEPS + " steps");
            }
        }

        private MalformedContentException tooMuch(String limit) {
            return new MalformedContentException(
                    "expected at most " + limit + " on the way to " + Text.quote(name) + ", got more");
        }
    }
}
