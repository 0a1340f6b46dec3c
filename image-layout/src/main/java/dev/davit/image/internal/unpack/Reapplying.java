package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.Node;
import dev.davit.image.internal.unpack.Tree.NodeType;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes up for what could not be done when an image was unpacked. Nothing in a report leads out of the folder: a path
 * with a link on its way is left alone. For one thread, once.
 */
public final class Reapplying {
    /** First there is the file, then its owner, which takes the rest away, and the mode last, which may forbid it. */
    private static final Comparator<Difference> ORDER = Comparator.comparingInt(d -> switch (d.kind()) {
        case DEVICE, FIFO -> 0;
        case OWNER -> 1;
        case XATTR -> 2;
        case TIME -> 3;
        default -> 4;
    });

    private final Tree tree;
    private final Directories directories;
    private final List<Difference> left = new ArrayList<>();

    private Reapplying(Tree tree) {
        this.tree = tree;
        this.directories = new Directories(tree, new Findings(Path.of(""), UnpackLimits.DEFAULT, false), path -> {
            throw new IllegalStateException("directories are only looked for");
        });
    }

    /**
     * Applies differences.
     *
     * @param root the folder, perhaps in another place than when the image was unpacked to it
     * @param differences what is to be made up for
     * @return what is still not as the image says
     * @throws MalformedContentException if a difference says nothing that can be done
     * @throws StorageException if the folder cannot be reached
     */
    public static List<Difference> apply(Path root, List<Difference> differences) {
        Map<String, List<Difference>> byPath = new TreeMap<>();
        try (Tree tree = Trees.open(root.toRealPath(), false)) {
            Reapplying work = new Reapplying(tree);
            for (Difference difference : differences) {
                if (isApplicable(difference)) {
                    byPath.computeIfAbsent(difference.path(), p -> new ArrayList<>())
                            .add(difference);
                } else {
                    work.left.add(difference);
                }
            }
            // children first, because the mode of a directory may shut out the one who sets it
            for (List<Difference> some : new TreeMap<>(byPath).descendingMap().values()) {
                some.sort(ORDER);
                work.apply(some.get(0).path(), some);
            }
            work.left.sort(Comparator.comparing(Difference::path));
            return work.left;
        } catch (IOException e) {
            throw new StorageException("apply a report to", root, e);
        }
    }

    private static boolean isApplicable(Difference difference) {
        return switch (difference.kind()) {
            case MEDIA_TYPE, PASSED_OVER, LINK_TARGET -> false;
            case XATTR -> difference.value() != null && !Attributes.isForeign(difference.detail());
            case OWNER -> !difference.detail().endsWith(")");
            default -> true;
        };
    }

    private void apply(String path, List<Difference> some) throws IOException {
        if (!EntryNames.clean(path, Integer.MAX_VALUE).equals(path)) {
            throw malformed(some.get(0), "a clean path");
        }
        Node node = null;
        try {
            String parent = EntryNames.parent(path);
            if (parent.equals(directories.find(parent))) {
                node = tree.stat(path);
                if (node == null) {
                    node = make(path, some.get(0));
                }
            }
        } catch (FileSystemException e) {
            // remains
        }
        if (node == null) {
            left.addAll(some);
            return;
        }
        try (Handle handle = tree.open(path, node.type())) {
            for (Difference difference : some) {
                if (!isApplied(handle, node, difference)) {
                    left.add(difference);
                }
            }
        }
    }

    private @Nullable Node make(String path, Difference difference) throws IOException {
        EntryType type;
        String[] numbers = {"0", "0"};
        if (difference.kind() == Kind.FIFO) {
            type = EntryType.FIFO;
        } else if (difference.kind() == Kind.DEVICE) {
            String[] words = difference.detail().split(" ", -1);
            type = words[0].equals("block") ? EntryType.BLOCK_DEVICE : EntryType.CHARACTER_DEVICE;
            numbers = pair(difference, words[words.length - 1]);
        } else {
            return null;
        }
        String parent = EntryNames.parent(path);
        Node before = tree.stat(parent);
        if (!tree.makeSpecial(path, type, number(difference, numbers[0]), number(difference, numbers[1]))) {
            return null;
        }
        if (before != null) {
            try (Handle handle = tree.open(parent, NodeType.DIRECTORY)) {
                handle.setTime(before.mtimeSeconds(), before.mtimeNanos());
            }
        }
        return tree.stat(path);
    }

    private boolean isApplied(Handle handle, Node node, Difference difference) throws IOException {
        String detail = difference.detail();
        try {
            return switch (difference.kind()) {
                case DEVICE, FIFO -> node.type() == NodeType.OTHER;
                case OWNER -> {
                    String[] ids = pair(difference, detail);
                    boolean done = handle.setOwner(number(difference, ids[0]), number(difference, ids[1]));
                    // the new owner has not the old one's setuid
                    yield done && (node.type() == NodeType.SYMLINK || handle.setMode(node.mode()));
                }
                case XATTR -> handle.setXattr(detail, Base64.getDecoder().decode(difference.value()));
                case TIME -> {
                    Instant time = Instant.parse(detail);
                    yield handle.setTime(time.getEpochSecond(), time.getNano());
                }
                case MODE -> handle.setMode(Integer.parseInt(detail, 8) & 07777);
                default -> false;
            };
        } catch (FileSystemException e) {
            return false;
        } catch (DateTimeException | IllegalArgumentException e) {
            throw malformed(difference, "what a report says of a " + difference.kind());
        }
    }

    private static String[] pair(Difference difference, String text) {
        String[] numbers = text.split(":", -1);
        if (numbers.length != 2) {
            throw malformed(difference, "two numbers");
        }
        return numbers;
    }

    private static long number(Difference difference, String text) {
        try {
            return Integer.toUnsignedLong(Integer.parseUnsignedInt(text));
        } catch (NumberFormatException e) {
            throw malformed(difference, "numbers of 32 bits");
        }
    }

    private static MalformedContentException malformed(Difference difference, String expected) {
        return new MalformedContentException("report on " + Text.quote(difference.path()) + ": expected " + expected
                + ", got " + Text.quote(difference.detail()));
    }
}
