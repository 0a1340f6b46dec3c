package dev.davit.image;

import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A layer as commons-compress sees it: a line for each entry, with everything that was not left as it always is. */
final class LayerLines {
    private static final String XATTR = "SCHILY.xattr.";

    private LayerLines() {}

    static List<String> of(LayerSpec spec) {
        try (TemporaryStore store = LocalStore.temporary()) {
            return of(spec.writeTo(store, Compression.NONE));
        }
    }

    static List<String> of(Layer layer) {
        List<String> lines = new ArrayList<>();
        try (InputStream blob = layer.blob().open();
                TarArchiveInputStream tar = new TarArchiveInputStream(blob, "UTF-8")) {
            for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
                String line = line(e);
                lines.add(
                        line.startsWith("-")
                                ? line + " = " + new String(tar.readAllBytes(), StandardCharsets.UTF_8)
                                : line);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return lines;
    }

    private static String line(TarArchiveEntry e) {
        StringBuilder line = new StringBuilder();
        // links and devices say that they are files too
        line.append(
                e.isDirectory()
                        ? 'd'
                        : e.isSymbolicLink()
                                ? 'l'
                                : e.isLink() ? 'h' : e.isFIFO() ? 'p' : e.isCharacterDevice() ? 'c' : '-');
        line.append(String.format("%04o", e.getMode() & 07777)).append(' ').append(e.getName());
        if (e.getLongUserId() != 0 || e.getLongGroupId() != 0) {
            line.append(' ').append(e.getLongUserId()).append(':').append(e.getLongGroupId());
        }
        Instant time = e.getLastModifiedTime().toInstant();
        if (!time.equals(Instant.EPOCH)) {
            line.append(' ').append(time);
        }
        Map<String, String> xattrs = new TreeMap<>();
        e.getExtraPaxHeaders().forEach((key, value) -> {
            if (key.startsWith(XATTR)) {
                xattrs.put(key.substring(XATTR.length()), value);
            }
        });
        if (!xattrs.isEmpty()) {
            line.append(' ').append(xattrs);
        }
        if (e.isSymbolicLink() || e.isLink()) {
            line.append(" -> ").append(e.getLinkName());
        }
        return line.toString();
    }
}
