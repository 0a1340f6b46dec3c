package dev.davit.image.internal.build;

import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.LocalNames;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A folder that an image was unpacked to. What could not be done then, and is only in the report of it, looks as if it had
 * been done. For one thread.
 */
final class UnpackedTree extends LocalTree {
    private static final int SET_ID = 06000;
    private static final String USER = "user.";

    private final BeforeTree image;
    private final Map<String, List<Difference>> missing = new HashMap<>();
    private final Map<String, List<String>> missingFiles = new HashMap<>();
    private long unpackedUid = -1;
    private long unpackedGid = -1;

    /**
     * A folder.
     *
     * @param folder the folder
     * @param image what was unpacked
     * @param report what could not be done
     */
    UnpackedTree(Path folder, BeforeTree image, List<Difference> report) {
        super(folder);
        this.image = image;
        for (Difference difference : report) {
            missing.computeIfAbsent(difference.path(), path -> new ArrayList<>())
                    .add(difference);
            if (difference.kind() == Kind.DEVICE || difference.kind() == Kind.FIFO) {
                String path = difference.path();
                String parent = LayerPath.parent(path);
                missingFiles
                        .computeIfAbsent(parent, p -> new ArrayList<>())
                        .add(parent.isEmpty() ? path : path.substring(parent.length() + 1));
            }
        }
        findUnpacker();
    }

    /**
     * If the folder, and all that it has at its top of the image, belongs to one user that is not root, and the image gives
     * the folder to another, then that user unpacked it and could not set owners.
     */
    private void findUnpacker() {
        try {
            PlannedEntry is = super.entry("");
            PlannedEntry was = image.entry("");
            if (is == null || was == null || is.uid <= 0 || is.uid == was.uid) {
                return;
            }
            for (String name : image.children("")) {
                PlannedEntry child = super.entry(name);
                if (child != null && child.uid != is.uid) {
                    return;
                }
            }
            unpackedUid = is.uid;
            unpackedGid = is.gid;
        } catch (IOException e) {
            throw new StorageException("read", root(), e);
        }
    }

    @Override
    public List<String> children(String directory) throws IOException {
        List<String> names = super.children(directory);
        for (String name : missingFiles.getOrDefault(directory, List.of())) {
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    @Override
    public @Nullable PlannedEntry entry(String path) throws IOException {
        PlannedEntry is = super.entry(path);
        PlannedEntry was = image.entry(path);
        List<Difference> differences = missing.getOrDefault(path, List.of());
        if (is == null) {
            boolean isMissing = differences.stream().anyMatch(d -> d.kind() == Kind.DEVICE || d.kind() == Kind.FIFO);
            return isMissing ? was : null;
        }
        if (is.uid == unpackedUid && is.gid == unpackedGid) {
            is.uid = was == null ? 0 : was.uid;
            is.gid = was == null ? 0 : was.gid;
        }
        if (was == null || was.type != is.type) {
            return is;
        }
        if (!seesAllXattrs() && (is.type != EntryType.FILE || Objects.equals(is.time, was.time))) {
            // what cannot be seen is as it was, unless the file was written meanwhile, which takes capabilities away
            was.xattrs.forEach((name, value) -> {
                if (!name.startsWith(USER)) {
                    is.xattrs.put(name, value);
                }
            });
        }
        return differences.isEmpty() ? is : asReported(is, was, differences);
    }

    private static PlannedEntry asReported(PlannedEntry is, PlannedEntry was, List<Difference> differences) {
        PlannedEntry entry = is;
        for (Difference difference : differences) {
            switch (difference.kind()) {
                case OWNER -> {
                    entry.uid = was.uid;
                    entry.gid = was.gid;
                }
                case MODE -> entry.mode = (entry.mode & ~SET_ID) == (was.mode & ~SET_ID) ? was.mode : entry.mode;
                case TIME -> entry.time = was.time;
                case XATTR -> {
                    byte[] value = was.xattrs.get(difference.detail());
                    if (value != null) {
                        entry.xattrs.putIfAbsent(difference.detail(), value);
                    }
                }
                case LINK_TARGET -> {
                    String spelled = LocalNames.text(LocalNames.linkTarget(was.target));
                    entry = entry.target.equals(spelled) ? entry.withTarget(was.target) : entry;
                }
                default -> {
                    // nothing that a file has
                }
            }
        }
        return entry;
    }
}
