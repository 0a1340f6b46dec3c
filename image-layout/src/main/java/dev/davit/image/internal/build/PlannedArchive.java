package dev.davit.image.internal.build;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.image.internal.tar.TarWriter;
import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A tar archive that is to become part of a layer. It is read twice, for its names and for its content, so that nothing
 * of it has to be kept meanwhile. For one thread.
 */
final class PlannedArchive {
    private final String folder;
    private final ArchiveSource source;
    /** The last entry of each path. */
    private final Map<String, TarEntry> entries = new LinkedHashMap<>();

    private final Set<String> left = new HashSet<>();

    /**
     * Reads what is in an archive.
     *
     * @param folder where it goes, normalised
     */
    PlannedArchive(String folder, ArchiveSource source) throws IOException {
        this.folder = folder;
        this.source = source;
        source.read((entry, data) -> entries.put(path(entry.name()), entry));
    }

    /** {@return its entries by their paths in the layer; of several for one path, the last} */
    Map<String, TarEntry> entries() {
        return entries;
    }

    /** Leaves a path out: the layer has it already. */
    void leave(String path) {
        left.add(path);
    }

    /** Writes its entries in its own order, as later ones may rely on earlier ones. */
    void write(TarWriter tar, byte[] buffer) throws IOException {
        source.read((entry, data) -> {
            String path = path(entry.name());
            if (left.contains(path)) {
                return;
            }
            String link = entry.type() == EntryType.HARD_LINK ? path(entry.linkTarget()) : entry.linkTarget();
            tar.put(entry.renamed(path.isEmpty() ? "." : path, link));
            copy(data, tar, buffer);
        });
    }

    private static void copy(TarReader data, TarWriter tar, byte[] buffer) throws IOException {
        for (int n = data.read(buffer, 0, buffer.length); n >= 0; n = data.read(buffer, 0, buffer.length)) {
            tar.write(buffer, 0, n);
        }
    }

    private String path(String name) {
        try {
            String path = LayerPath.normalizeAny(name);
            return path.isEmpty() ? folder : LayerPath.child(folder, path);
        } catch (IllegalArgumentException e) {
            throw new MalformedContentException(String.valueOf(e.getMessage()), e);
        }
    }
}
