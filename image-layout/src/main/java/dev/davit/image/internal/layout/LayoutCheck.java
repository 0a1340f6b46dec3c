package dev.davit.image.internal.layout;

import dev.davit.image.Finding.Severity;
import dev.davit.image.LayoutReport;
import dev.davit.image.internal.layout.BlobFiles.BlobFile;
import dev.davit.image.internal.validate.Findings;
import dev.davit.image.internal.validate.Findings.Node;
import dev.davit.oci.Annotations;
import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads every blob of a layout and follows every reference. For one thread, once. */
public final class LayoutCheck {
    private static final int MAX_DEPTH = 8;

    private final Path folder;
    private final BlobFiles files;
    private final ContentSource source;
    private final Findings findings = new Findings();
    private final Map<Digest, BlobFile> wrong = new LinkedHashMap<>();
    /** The sizes of the blobs that are their digests. */
    private final Map<Digest, Long> good = new HashMap<>();

    private final Set<Digest> followed = new HashSet<>();
    private long bytes;

    /**
     * Starts a check.
     *
     * @param folder the layout
     * @param blobs where its blobs are
     * @param source reads its blobs
     */
    public LayoutCheck(Path folder, BlobFolder blobs, ContentSource source) {
        this.folder = folder;
        this.files = new BlobFiles(blobs);
        this.source = source;
    }

    /**
     * Runs it.
     *
     * @param index the entries of the layout
     * @param repair whether to take blobs away that are not their digests
     * @return what was found
     */
    public LayoutReport run(Index index, boolean repair) {
        files.forEach(this::read);
        requireOneImageForEachName(index);
        List<Descriptor> entries = index.manifests();
        for (int i = 0; i < entries.size(); i++) {
            follow(new Node("index.json manifests[" + i + "]", entries.get(i)), Severity.ERROR, 0);
        }
        List<Digest> quarantined = repair ? List.copyOf(wrong.keySet()) : List.of();
        quarantined.forEach(digest -> files.quarantine(Objects.requireNonNull(wrong.get(digest))));
        return new LayoutReport(findings.all(), good.size(), bytes, quarantined);
    }

    private void requireOneImageForEachName(Index index) {
        Map<String, Digest> named = new HashMap<>();
        for (Descriptor entry : index.manifests()) {
            String name = entry.annotation(Annotations.REF_NAME).orElse("");
            Digest other = name.isEmpty() ? null : named.putIfAbsent(name, entry.digest());
            if (other != null && !other.equals(entry.digest())) {
                findings.error(
                        new Node("index.json", entry),
                        "expected one image named " + Text.quote(name) + ", got also " + other);
            }
        }
    }

    private void read(BlobFile file) {
        // shared blobs are somewhere else
        Path path = file.path().startsWith(folder) ? folder.relativize(file.path()) : file.path();
        String place = path.toString();
        Digest digest = file.digest();
        if (digest == null || !file.attributes().isRegularFile()) {
            Descriptor named = Descriptor.of(
                    MediaType.OCTET_STREAM, digest == null ? Descriptor.EMPTY.digest() : digest, file.size());
            findings.warning(new Node(place, named), "expected a file named by its digest, got something else");
            return;
        }
        Descriptor descriptor = Descriptor.of(MediaType.OCTET_STREAM, digest, file.size());
        Node node = new Node(place, descriptor);
        if (!digest.isVerifiable()) {
            findings.warning(node, "cannot be verified: " + digest.algorithm() + " is not known");
            good.put(digest, file.size());
            return;
        }
        try (InputStream in = source.blob(descriptor).open()) {
            in.transferTo(OutputStream.nullOutputStream());
            good.put(digest, file.size());
            bytes += file.size();
        } catch (NotFoundException e) {
            // somebody took it away just now
        } catch (IntegrityException e) {
            wrong.put(digest, file);
            findings.failed(node, e);
        } catch (DavitException e) {
            findings.failed(node, e);
        } catch (IOException e) {
            findings.failed(node, new StorageException("read", file.path(), e));
        }
    }

    /**
     * Follows a reference.
     *
     * @param ifMissing how bad it is that it leads nowhere: an index need not be complete
     */
    private void follow(Node node, Severity ifMissing, int depth) {
        Descriptor content = node.descriptor();
        Long size = good.get(content.digest());
        if (size == null) {
            // of what is damaged enough was said already
            if (!wrong.containsKey(content.digest())) {
                boolean elsewhere =
                        content.mediaType().isForeignLayer() || !content.urls().isEmpty();
                findings.add(elsewhere ? Severity.WARNING : ifMissing, node, "is not there");
            }
            return;
        }
        if (size != content.size()) {
            findings.error(node, "expected " + content.size() + " bytes, got " + size);
        } else if (depth > MAX_DEPTH) {
            findings.error(node, "expected at most " + MAX_DEPTH + " levels");
        } else if (content.mediaType().isDocument() && followed.add(content.digest())) {
            Document document = parse(node);
            List<Descriptor> children = document == null ? List.of() : document.children();
            boolean index = document instanceof Index;
            for (int i = 0; i < children.size(); i++) {
                String member = index ? "manifests[" + i + "]" : i == 0 ? "config" : "layers[" + (i - 1) + "]";
                follow(node.child(member, children.get(i)), index ? Severity.WARNING : Severity.ERROR, depth + 1);
            }
        }
    }

    private @Nullable Document parse(Node node) {
        Descriptor content = node.descriptor();
        try {
            // not what the descriptor has in itself: that would say nothing about the blob
            return Document.parse(
                    content.mediaType(),
                    source.fetch(content.toBuilder().data(null).build()));
        } catch (DavitException e) {
            findings.failed(node, e);
            return null;
        }
    }
}
