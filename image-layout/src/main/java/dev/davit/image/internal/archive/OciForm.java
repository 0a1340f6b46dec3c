package dev.davit.image.internal.archive;

import dev.davit.image.internal.layout.LayoutFiles;
import dev.davit.image.internal.layout.LayoutIndex;
import dev.davit.image.internal.layout.UntypedBlobs;
import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.ReferrerIndex;
import dev.davit.oci.internal.Text;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An image layout in a tar file: what skopeo calls {@code oci-archive}, and what Docker saves since version 25. */
final class OciForm implements ArchiveForm {
    private static final int MAX_MARKER = 4096;

    private final ArchiveFile archive;
    private final Index index;
    private @Nullable ReferrerIndex referrers;

    OciForm(ArchiveFile archive) {
        this.archive = archive;
        LayoutFiles.checkMarker(archive + ", " + LayoutFiles.MARKER, archive.read(LayoutFiles.MARKER, MAX_MARKER));
        this.index = Index.parse(archive.read(LayoutFiles.INDEX, Document.MAX_SIZE));
    }

    @Override
    public List<String> tags() {
        return index.manifests().stream()
                .flatMap(entry -> name(entry).stream())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public Descriptor resolveOnly() {
        return LayoutIndex.only(index, archive.toString(), tags());
    }

    /** Docker and containerd write only the tag as name, which many images may have, and the whole reference beside it. */
    private static Optional<String> name(Descriptor entry) {
        Optional<String> whole = entry.annotation(Annotations.CONTAINERD_IMAGE_NAME);
        Optional<String> name = entry.annotation(Annotations.REF_NAME);
        return whole.filter(reference -> name.filter(tag -> !reference.endsWith(':' + tag)
                                || References.tagged(tag).isPresent())
                        .isEmpty())
                .or(() -> name);
    }

    @Override
    public Descriptor resolve(String name) {
        return LayoutIndex.named(index, name)
                .or(() -> byReference(name))
                .or(() -> byDigest(name))
                .orElseThrow(() -> new NotFoundException("no image " + Text.quote(name) + " in " + archive
                        + ", which has " + Text.plain(String.join(", ", tags()))));
    }

    private Optional<Descriptor> byReference(String name) {
        return index.manifests().stream()
                .filter(entry -> entry.annotation(Annotations.CONTAINERD_IMAGE_NAME)
                        .filter(full -> References.same(full, name))
                        .isPresent())
                .findFirst();
    }

    private Optional<Descriptor> byDigest(String name) {
        return References.digest(name)
                .flatMap(digest -> LayoutIndex.entry(index, digest).or(() -> untyped(digest)));
    }

    private Optional<Descriptor> untyped(Digest digest) {
        return archive.index()
                .find(path(digest))
                .filter(slot -> slot.size() <= Document.MAX_SIZE)
                .flatMap(slot -> UntypedBlobs.type(archive.read(path(digest), Document.MAX_SIZE))
                        .map(type -> Descriptor.of(type, digest, slot.size())));
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        TarIndex.Slot slot = archive.index()
                .find(path(descriptor.digest()))
                .orElseThrow(() -> new NotFoundException("no blob " + descriptor + " in " + archive));
        return new SlotBlob(archive, slot, descriptor);
    }

    @Override
    public List<Descriptor> referrers(Digest subject) {
        return referrers().of(subject, this);
    }

    /** An archive does not change, so all blobs are looked at once. */
    private synchronized ReferrerIndex referrers() {
        if (referrers == null) {
            ReferrerIndex found = new ReferrerIndex();
            archive.index().below("blobs").forEach(name -> lookForReferrer(name, found));
            referrers = found;
        }
        return referrers;
    }

    private void lookForReferrer(String name, ReferrerIndex found) {
        Digest digest = References.digest(name.substring("blobs/".length()).replace('/', ':'))
                .filter(Digest::isVerifiable)
                .orElse(null);
        TarIndex.Slot slot = archive.index().find(name).orElse(null);
        if (digest != null && slot != null && slot.size() <= Document.MAX_SIZE) {
            UntypedBlobs.look(this, Descriptor.of(MediaType.OCTET_STREAM, digest, slot.size()))
                    .document()
                    .ifPresent(document -> found.add(document, digest));
        }
    }

    private static String path(Digest digest) {
        if (!digest.isVerifiable()) {
            throw new MalformedContentException("blob " + Text.plain(digest.toString()) + ": cannot be verified");
        }
        return "blobs/" + digest.algorithm() + '/' + digest.encoded();
    }

    @Override
    public void close() {
        archive.close();
    }

    @Override
    public String toString() {
        return archive.toString();
    }
}
