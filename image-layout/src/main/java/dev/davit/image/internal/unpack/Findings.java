package dev.davit.image.internal.unpack;

import dev.davit.image.InexactUnpackException;
import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.oci.LimitExceededException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is to be reported about the unpacking of an image: what is true at its end. What is said of a file goes away with
 * the file, when a later entry replaces or hides it. For one thread.
 */
public final class Findings {
    private static final int MAX_TEXTS = 1000;

    private final Path root;
    private final UnpackLimits limits;
    private final boolean strict;
    private final List<Difference> ofLayers = new ArrayList<>();
    private final TreeMap<String, List<Difference>> ofPaths = new TreeMap<>();
    /** Most differences of an image are of few kinds, such as the owner 0:0. */
    private final Map<String, String> texts = new HashMap<>();

    private int layer;
    private long entries;
    private long bytes;
    private long fileBytes;

    Findings(Path root, UnpackLimits limits, boolean strict) {
        this.root = root;
        this.limits = limits;
        this.strict = strict;
    }

    void startLayer(int index) {
        layer = index;
    }

    int layer() {
        return layer;
    }

    void countEntry() {
        entries++;
        if (entries > limits.maxEntries()) {
            throw new LimitExceededException(
                    "maxEntries",
                    limits.maxEntries(),
                    "expected at most " + limits.maxEntries() + " entries (limit on entries), got more",
                    null);
        }
    }

    /** What archives store of files is counted where they are decoded, but the holes of sparse files are not stored. */
    void countFile(long size) {
        if (size > limits.maxBytes() - fileBytes) {
            throw new LimitExceededException(
                    "maxBytes",
                    limits.maxBytes(),
                    "expected files of at most " + limits.maxBytes() + " bytes together (limit on bytes), got more",
                    null);
        }
        fileBytes += size;
    }

    void countBytes(long archiveBytes) {
        bytes += archiveBytes;
    }

    /** Something about the layer itself, or about an entry that left nothing behind. */
    void layerDiffers(String path, Kind kind, String detail) {
        ofLayers.add(checked(new Difference(layer, path, kind, detail)));
    }

    /** Something about what is at a path now, or is not. */
    void differs(String path, Kind kind, String detail) {
        add(path, kind, detail, null);
    }

    /** An extended attribute was not set. */
    void differs(String path, String xattr, byte[] value) {
        add(path, Kind.XATTR, xattr, Base64.getEncoder().encodeToString(value));
    }

    private void add(String path, Kind kind, String detail, @Nullable String value) {
        if (texts.size() >= MAX_TEXTS) {
            texts.clear();
        }
        String text = texts.computeIfAbsent(detail, same -> same);
        ofPaths.computeIfAbsent(path, p -> new ArrayList<>(2))
                .add(checked(new Difference(layer, path, kind, text, value)));
    }

    private Difference checked(Difference difference) {
        if (strict) {
            throw new InexactUnpackException(root, difference);
        }
        return difference;
    }

    /** {@return whether the image has something at a path that the system did not make} */
    boolean isMissing(String path) {
        List<Difference> known = ofPaths.isEmpty() ? null : ofPaths.get(path);
        return known != null && known.stream().anyMatch(Findings::isMissing);
    }

    private static boolean isMissing(Difference difference) {
        return difference.kind() == Kind.DEVICE || difference.kind() == Kind.FIFO;
    }

    /** {@return the names in a directory that the system did not make} */
    List<String> missingIn(String directory) {
        SortedMap<String, List<Difference>> all = directory.isEmpty() ? ofPaths : below(directory);
        return all.keySet().stream()
                .filter(path -> EntryNames.parent(path).equals(directory) && isMissing(path))
                .map(EntryNames::last)
                .toList();
    }

    /** There is another name for a file: what is true of one is true of the other. */
    void link(String path, String existing) {
        List<Difference> known = ofPaths.isEmpty() ? null : ofPaths.get(existing);
        if (known != null) {
            ofPaths.put(
                    path,
                    new ArrayList<>(known.stream()
                            .map(d -> new Difference(layer, path, d.kind(), d.detail(), d.value()))
                            .toList()));
        }
    }

    /** What is at a path, but not below it, is new. */
    void forget(String path) {
        if (!ofPaths.isEmpty()) {
            ofPaths.remove(path);
        }
    }

    /** What was at a path is gone, and all below it. */
    void forgetAll(String path) {
        if (!ofPaths.isEmpty()) {
            ofPaths.remove(path);
            below(path).clear();
        }
    }

    /** {@return all whose paths start with a path and a slash: '0' is the character after it} */
    private SortedMap<String, List<Difference>> below(String path) {
        return ofPaths.subMap(path + '/', path + '0');
    }

    /** From here on, what was said of paths is true of paths in a folder, whatever later layers have. */
    void moveTo(String folder) {
        for (List<Difference> some : ofPaths.values()) {
            for (Difference d : some) {
                String path = d.path().isEmpty() ? folder : folder + '/' + d.path();
                ofLayers.add(new Difference(d.layer(), path, d.kind(), d.detail(), d.value()));
            }
        }
        ofPaths.clear();
    }

    /** {@return how many entries there were in all layers} */
    public long entries() {
        return entries;
    }

    /** {@return how many uncompressed bytes there were in all layers} */
    public long bytes() {
        return bytes;
    }

    /** {@return everything that is not as the image says: first of layers, then by path} */
    public List<Difference> differences() {
        List<Difference> all = new ArrayList<>(ofLayers);
        ofPaths.values().forEach(all::addAll);
        return all;
    }
}
