package dev.davit.image.internal.archive;

import dev.davit.image.internal.layout.LayoutFiles;
import dev.davit.image.internal.layout.LayoutIndex;
import dev.davit.image.internal.layout.Reachable;
import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.LayoutHeader;
import dev.davit.oci.content.ContentSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** An archive that is an image layout. What says what is in it comes first, for readers of a stream. */
final class OciContent {
    private final Index index;
    private final Map<Digest, Part> parts = new LinkedHashMap<>();

    private record Part(ContentSource source, Descriptor descriptor) {}

    /** Finds out all that belongs to the images: reads their documents. */
    OciContent(List<ArchiveItem> items) {
        Index.Builder entries = Index.builder();
        for (ArchiveItem item : items) {
            for (Descriptor part : Reachable.from(item.source(), item.root())) {
                // as in every copy; who reads the archive knows from the manifest where these are
                if (!part.isForeignLayer()) {
                    parts.putIfAbsent(part.digest(), new Part(item.source(), part));
                }
            }
            Descriptor unnamed = item.root().toBuilder()
                    .annotation(Annotations.REF_NAME, null)
                    .annotation(Annotations.CONTAINERD_IMAGE_NAME, null)
                    .build();
            if (item.names().isEmpty()) {
                entries.addManifest(unnamed);
            }
            for (String name : item.names()) {
                entries.addManifest(named(unnamed, name));
            }
        }
        this.index = entries.build();
    }

    /** containerd has names that are whole references; it takes them from an annotation of its own. */
    private static Descriptor named(Descriptor entry, String name) {
        LayoutIndex.requireName(name);
        return entry.toBuilder()
                .annotation(Annotations.REF_NAME, name)
                .annotation(
                        Annotations.CONTAINERD_IMAGE_NAME,
                        References.tagged(name).map(Object::toString).orElse(null))
                .build();
    }

    void write(ArchiveWriter archive) {
        archive.file(LayoutFiles.MARKER, LayoutHeader.V1.toBytes());
        archive.file(LayoutFiles.INDEX, index.toBytes());
        archive.directory("blobs");
        TreeSet<String> algorithms = new TreeSet<>();
        parts.keySet().forEach(digest -> algorithms.add(digest.algorithm()));
        algorithms.forEach(algorithm -> archive.directory("blobs/" + algorithm));
        parts.forEach((digest, part) -> archive.blob(
                "blobs/" + digest.algorithm() + '/' + digest.encoded(),
                part.source().blob(part.descriptor())));
    }
}
