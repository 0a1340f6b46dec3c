package dev.davit.image;

import dev.davit.image.internal.layout.BlobFolder;
import dev.davit.image.internal.layout.Collector;
import dev.davit.image.internal.layout.LayoutCheck;
import dev.davit.image.internal.layout.LayoutFiles;
import dev.davit.image.internal.layout.LayoutIndex;
import dev.davit.image.internal.layout.Reachable;
import dev.davit.image.internal.layout.ReferrerScan;
import dev.davit.image.internal.layout.UntypedBlobs;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.Repository;
import dev.davit.oci.internal.BlobDirectory;
import dev.davit.oci.internal.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A folder of images in the form that the image specification defines, which skopeo, podman, buildah and umoci read and
 * write too. An image in it has a name (what those tools write behind {@code oci:FOLDER:}), several names, or none.
 *
 * <p>A blob is in the folder whole and synced, or not at all; the same holds for each change of a name, of which none
 * is lost when several threads or processes make changes at once through this class. Other tools take no lock, so they
 * should not write to a layout at the same moment. What {@code index.json} says beyond what Davit knows stays there. Safe
 * to share between threads; holds nothing open.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md">image-spec,
 *     image-layout.md</a>
 */
public final class OciLayout implements LocalStore, Repository {
    private final Path folder;
    private final BlobFolder place;
    private final BlobDirectory blobs;
    private final LayoutFiles files;
    private final ReferrerScan referrers;
    private final boolean sparse;

    private OciLayout(Path folder, BlobFolder place) {
        this.folder = folder;
        this.place = place;
        this.blobs = BlobDirectory.at(place.blobs(), place.scratch());
        this.files = new LayoutFiles(folder, place);
        this.referrers = new ReferrerScan(place, blobs::blob);
        this.sparse = false;
    }

    private OciLayout(OciLayout same, boolean sparse) {
        this.folder = same.folder;
        this.place = same.place;
        this.blobs = same.blobs;
        this.files = same.files;
        this.referrers = same.referrers;
        this.sparse = sparse;
    }

    /**
     * Opens a layout, or makes a new one where there is nothing.
     *
     * @param folder the layout; absent, empty, or a layout already
     * @return the layout
     * @throws StorageException if there is something else, or it cannot be read or made
     * @throws MalformedContentException if it is a layout of a version that Davit does not know
     */
    public static OciLayout at(Path folder) {
        return made(new OciLayout(folder, BlobFolder.in(folder)));
    }

    /**
     * Opens a layout whose blobs are in a folder that it shares with other layouts, or makes a new one where there is
     * nothing: what skopeo calls {@code --dest-shared-blob-dir}. A blob is then in {@code SHARED/sha256/…} and nowhere
     * else, and what reads the layout has to be told.
     *
     * @param folder the layout; absent, empty, or a layout already
     * @param sharedBlobs where the blobs of the layouts are; made when it is needed
     * @return the layout
     * @throws StorageException if there is something else, or it cannot be read or made
     * @throws MalformedContentException if it is a layout of a version that Davit does not know
     * @see #collectGarbage(List, Duration)
     */
    public static OciLayout at(Path folder, Path sharedBlobs) {
        return made(new OciLayout(folder, BlobFolder.sharedAt(sharedBlobs)));
    }

    private static OciLayout made(OciLayout layout) {
        if (layout.files.exist()) {
            return checked(layout);
        }
        layout.files.create();
        return layout;
    }

    /**
     * Opens a layout that exists. Nothing is written, and the layout need not be writable.
     *
     * @param folder the layout
     * @return the layout
     * @throws NotFoundException if there is none
     * @throws MalformedContentException if it is a layout of a version that Davit does not know
     */
    public static OciLayout open(Path folder) {
        return checked(new OciLayout(folder, BlobFolder.in(folder)));
    }

    /**
     * Opens a layout that exists and whose blobs are in a folder that it shares with other layouts: what skopeo calls
     * {@code --src-shared-blob-dir}. Nothing is written, and neither folder need be writable.
     *
     * @param folder the layout
     * @param sharedBlobs where the blobs of the layouts are
     * @return the layout
     * @throws NotFoundException if there is no layout
     * @throws MalformedContentException if it is a layout of a version that Davit does not know
     */
    public static OciLayout open(Path folder, Path sharedBlobs) {
        return checked(new OciLayout(folder, BlobFolder.sharedAt(sharedBlobs)));
    }

    private static OciLayout checked(OciLayout layout) {
        layout.files.check();
        return layout;
    }

    /**
     * {@return the same layout, in which {@link #tag} and {@link #add} also take an index of which some images are
     * missing, such as those of other platforms; what is there of it has to be whole}
     */
    public OciLayout allowSparse() {
        return new OciLayout(this, true);
    }

    /**
     * {@return the entries of the layout as they are now, named and unnamed}
     *
     * @throws MalformedContentException if {@code index.json} breaks its rules
     */
    public Index index() {
        return files.index();
    }

    @Override
    public List<String> tags() {
        return LayoutIndex.names(index());
    }

    /**
     * Finds out what a name stands for.
     *
     * @param name a name, or the digest of a manifest or index that is in the layout
     * @return descriptor of the manifest or index
     * @throws NotFoundException if there is no such name
     * @throws MalformedContentException if several images have the name
     */
    @Override
    public Descriptor resolve(String name) {
        Index index = index();
        return LayoutIndex.named(index, name)
                .or(() -> byDigest(index, name))
                .orElseThrow(() -> new NotFoundException("no image " + Text.quote(name) + " in " + folder
                        + ", which has " + LayoutIndex.someNames(index)));
    }

    private Optional<Descriptor> byDigest(Index index, String text) {
        if (text.indexOf(':') < 0) {
            return Optional.empty();
        }
        Digest digest;
        try {
            digest = Digest.parse(text);
        } catch (MalformedContentException e) {
            return Optional.empty();
        }
        return LayoutIndex.entry(index, digest).or(() -> UntypedBlobs.document(blobs.path(digest), digest));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Named or not, what is in the folder of blobs counts. The first call reads all documents in it, later ones what is
     * new.
     */
    @Override
    public List<Descriptor> referrers(Digest subject) {
        return referrers.of(subject);
    }

    /**
     * Finds the image of a layout that has only one, under whatever names, or none.
     *
     * @return descriptor of its manifest or index
     * @throws NotFoundException if there is none, or more than one
     */
    public Descriptor resolveOnly() {
        Index index = index();
        return LayoutIndex.only(index, folder.toString(), LayoutIndex.names(index));
    }

    /**
     * Gives a manifest or index a name; what had the name before is no entry of the layout any more.
     *
     * @param descriptor the manifest or index
     * @param name the name: not empty, without control characters
     * @throws NotFoundException if it, or something that it refers to, is not in the layout (see {@link #allowSparse})
     * @throws dev.davit.oci.IntegrityException if it, or a document that it refers to, is there with other bytes; of
     *     layers only the size is looked at
     * @throws IllegalArgumentException if the descriptor is that of something else, or the name is none
     */
    @Override
    public void tag(Descriptor descriptor, String name) {
        LayoutIndex.requireName(name);
        requireDocument(descriptor);
        files.edit(index -> {
            requireWhole(descriptor);
            return LayoutIndex.withName(index, descriptor, name);
        });
    }

    /**
     * Takes a name away. What had it is no entry of the layout any more, but stays in it until {@link #collectGarbage}.
     *
     * @param name the name
     * @throws NotFoundException if nothing has it
     */
    public void untag(String name) {
        files.edit(index -> {
            Index without = LayoutIndex.withoutName(index, name);
            if (without.equals(index)) {
                throw new NotFoundException("no image " + Text.quote(name) + " in " + folder);
            }
            return without;
        });
    }

    /**
     * Makes a manifest or index an entry of the layout without giving it a name; without effect if it is one already.
     *
     * @param descriptor the manifest or index
     * @throws NotFoundException if it, or something that it refers to, is not in the layout (see {@link #allowSparse})
     * @throws dev.davit.oci.IntegrityException if it, or a document that it refers to, is there with other bytes; of
     *     layers only the size is looked at
     * @throws IllegalArgumentException if the descriptor is that of something else
     */
    public void add(Descriptor descriptor) {
        requireDocument(descriptor);
        files.edit(index -> {
            requireWhole(descriptor);
            return LayoutIndex.withEntry(index, descriptor);
        });
    }

    private static void requireDocument(Descriptor descriptor) {
        if (!descriptor.mediaType().isDocument()) {
            throw new IllegalArgumentException("entry of a layout: expected a manifest or an index, got " + descriptor);
        }
    }

    /**
     * Children first, the name last, also on the disk. Under the lock, so that nothing of it can be collected before it is
     * an entry.
     */
    private void requireWhole(Descriptor descriptor) {
        Reachable.require(this, descriptor, blobs::contains, sparse);
        blobs.sync();
    }

    /**
     * Finds what no entry of the layout leads to, and deletes nothing. What refers to something that is in use, such as
     * a signature, is in use itself. The layout need not be writable.
     *
     * @param age how old something has to be before it counts
     * @return what {@link #collectGarbage} would delete
     * @throws dev.davit.oci.IntegrityException if a manifest or index in use is damaged: what it needs cannot be known
     * @throws StorageException if the layout shares its blobs: see {@link #garbage(List, Duration)}
     */
    public Garbage garbage(Duration age) {
        requireOwnBlobs();
        return collector(age).find(List.of(index()));
    }

    /**
     * Deletes what no entry of the layout leads to. Builds and copies write blobs before they give them a name, and are
     * safe as long as they take less than the age: what they write is young, and what they find becomes so.
     *
     * @param age how old something has to be, such as a day; less than minutes only while nobody writes to the layout
     * @return what was deleted
     * @throws dev.davit.oci.IntegrityException if a manifest or index in use is damaged; nothing is deleted then
     * @throws StorageException if the layout shares its blobs: see {@link #collectGarbage(List, Duration)};
     *     or if something cannot be deleted
     */
    public Garbage collectGarbage(Duration age) {
        requireOwnBlobs();
        return files.whileFixed(check -> collector(age).delete(List.of(index()), check));
    }

    /**
     * Finds what no entry of any of some layouts leads to, and deletes nothing.
     *
     * @param layouts all layouts that share one folder of blobs
     * @param age how old something has to be before it counts
     * @return what {@link #collectGarbage(List, Duration)} would delete
     * @throws IllegalArgumentException if they do not share one folder, or there is no layout
     * @throws dev.davit.oci.IntegrityException if a manifest or index in use is damaged: what it needs cannot be known
     */
    public static Garbage garbage(List<OciLayout> layouts, Duration age) {
        return sharing(layouts).collector(age).find(indexes(layouts));
    }

    /**
     * Deletes what no entry of any of some layouts leads to. Nothing says which layouts share a folder of blobs, so this
     * deletes what a layout needs that was forgotten in the list.
     *
     * @param layouts all layouts that share one folder of blobs, opened with it
     * @param age how old something has to be, such as a day; less than minutes only while nobody writes to the layouts
     * @return what was deleted
     * @throws IllegalArgumentException if they do not share one folder, or there is no layout
     * @throws dev.davit.oci.IntegrityException if a manifest or index in use is damaged; nothing is deleted then
     * @throws StorageException if something cannot be deleted
     */
    public static Garbage collectGarbage(List<OciLayout> layouts, Duration age) {
        OciLayout first = sharing(layouts);
        return first.files.whileFixed(check -> first.collector(age).delete(indexes(layouts), check));
    }

    private static List<Index> indexes(List<OciLayout> layouts) {
        return layouts.stream().map(OciLayout::index).toList();
    }

    /** {@return one of the layouts, which all have their blobs in the same place} */
    private static OciLayout sharing(List<OciLayout> layouts) {
        if (layouts.isEmpty()) {
            throw new IllegalArgumentException("layouts that share blobs: expected at least one, got none");
        }
        OciLayout first = layouts.get(0);
        for (OciLayout layout : layouts) {
            if (!layout.place.shared() || !layout.place.isSame(first.place)) {
                throw new IllegalArgumentException("layouts that share blobs: expected all in " + first.place.blobs()
                        + ", got " + layout + " with blobs in " + layout.place.blobs());
            }
        }
        return first;
    }

    /** What this layout does not need another one may. */
    private void requireOwnBlobs() {
        if (place.seemsShared()) {
            throw new StorageException(
                    "find the garbage of",
                    folder,
                    "other layouts may need what is in " + place.blobs()
                            + "; open all of them with that folder and give them to OciLayout.collectGarbage together",
                    null);
        }
    }

    private Collector collector(Duration age) {
        return new Collector(place, this, Instant.now().minus(age));
    }

    /**
     * Reads every blob and follows every reference. If the layout shares its blobs, those of the others are read, too.
     *
     * @return everything that is wrong
     * @throws MalformedContentException if {@code index.json} breaks its rules
     * @throws dev.davit.oci.TransferException if the thread is interrupted
     */
    public LayoutReport verify() {
        return new LayoutCheck(folder, place, this).run(index(), false);
    }

    /**
     * Reads every blob, follows every reference, and takes blobs that are not their digests to {@code
     * .davit/quarantine}, so that the next copy brings them again. If the layout shares its blobs, that is in their
     * folder, and those of the others are read, too.
     *
     * @return everything that is wrong, or was
     * @throws MalformedContentException if {@code index.json} breaks its rules
     * @throws StorageException if such a blob cannot be moved
     * @throws dev.davit.oci.TransferException if the thread is interrupted
     */
    public LayoutReport repair() {
        return new LayoutCheck(folder, place, this).run(index(), true);
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return blobs.blob(descriptor);
    }

    @Override
    public Outcome put(Blob blob) {
        return blobs.put(blob);
    }

    @Override
    public BlobWriter newBlob() {
        return blobs.newBlob();
    }

    /** {@return where the layout is} */
    public Path folder() {
        return folder;
    }

    /** {@return where the layout is, as skopeo writes it} */
    @Override
    public String toString() {
        return "oci:" + folder;
    }
}
