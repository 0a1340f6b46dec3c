package dev.davit.testkit.internal;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The index of a folder that outlives its registry. It is the {@code index.json} of an OCI image layout, with one
 * descriptor for each tag and for each manifest without one, so that other tools can read what was pushed; {@code
 * org.opencontainers.image.ref.name} is {@code REPOSITORY:TAG} there.
 *
 * <p>Blobs that no manifest refers to belong to no repository any more when the folder is opened again.
 */
final class StorageIndex {
    private static final String REPOSITORY = "dev.davit.testkit.repository";
    private static final String TAG = "dev.davit.testkit.tag";

    private StorageIndex() {}

    /** A manifest in a repository, with its tags. */
    record Named(String repository, StoredManifest manifest, List<String> tags) {}

    /**
     * A manifest in a repository as it was read, under one of its tags.
     *
     * @param blobs the blobs it refers to, as far as they are there
     */
    record Entry(String repository, @Nullable String tag, StoredManifest manifest, List<Descriptor> blobs) {}

    static void write(ContentFolder content, List<Named> manifests) throws IOException {
        List<Descriptor> descriptors = new ArrayList<>();
        manifests.stream()
                .sorted(Comparator.comparing(Named::repository)
                        .thenComparing(named -> named.manifest().digest().toString()))
                .forEach(named -> {
                    if (named.tags().isEmpty()) {
                        descriptors.add(describe(named, null));
                    }
                    named.tags().forEach(tag -> descriptors.add(describe(named, tag)));
                });
        Index index = Index.builder().manifests(descriptors).build();
        content.write(
                content.root().resolve("oci-layout"),
                "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII));
        content.write(content.root().resolve("index.json"), index.toBytes());
    }

    private static Descriptor describe(Named named, @Nullable String tag) {
        StoredManifest manifest = named.manifest();
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(REPOSITORY, named.repository());
        if (tag != null) {
            annotations.put(TAG, tag);
            annotations.put(Annotations.REF_NAME, named.repository() + ":" + tag);
        }
        return Descriptor.of(manifest.mediaType(), manifest.digest(), manifest.size()).toBuilder()
                .annotations(annotations)
                .build();
    }

    /**
     * Reads the index and every manifest that it names; a folder without an index has none.
     *
     * @throws IOException if a file cannot be read, or the folder is the layout of somebody else
     */
    static List<Entry> read(ContentFolder content) throws IOException {
        Path file = content.root().resolve("index.json");
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<Entry> entries = new ArrayList<>();
            for (Descriptor descriptor : Index.parse(Files.readAllBytes(file)).manifests()) {
                entries.add(entry(content, descriptor));
            }
            return entries;
        } catch (MalformedContentException e) {
            throw notOurs(file, String.valueOf(e.getMessage()));
        }
    }

    private static Entry entry(ContentFolder content, Descriptor descriptor) throws IOException {
        String repository = descriptor.annotation(REPOSITORY).orElse("");
        String tag = descriptor.annotation(TAG).orElse(null);
        Digest digest = descriptor.digest();
        if (!Route.isRepository(repository) || (tag != null && !Route.isTag(tag)) || !digest.isVerifiable()) {
            throw notOurs(content.root().resolve("index.json"), "not the storage of an embedded registry");
        }
        Document document = Document.parse(descriptor.mediaType(), content.read(digest));
        List<Descriptor> blobs = StoredManifest.blobsOf(document).stream()
                .filter(blob -> blob.digest().isVerifiable() && Files.isRegularFile(content.path(blob.digest())))
                .toList();
        return new Entry(repository, tag, StoredManifest.of(document, digest), blobs);
    }

    private static FileSystemException notOurs(Path file, String reason) {
        return new FileSystemException(file.toString(), null, reason);
    }
}
