package dev.davit.image;

import dev.davit.image.internal.archive.ArchiveForm;
import dev.davit.image.internal.archive.Archives;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Reference;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images in one tar file: an image layout (skopeo's {@code oci-archive}, what {@code docker save} writes since Docker
 * 25), or the older form of {@code docker save} (skopeo's {@code docker-archive}). Any blob can be read at any time, in
 * any order; an archive that is compressed as a whole is decompressed into a temporary file for that.
 *
 * <p>Safe to share between threads. Whoever opens an archive closes it; what came from it cannot be read then.
 */
public final class ImageArchive implements Source, AutoCloseable {
    private final Path file;
    private final ArchiveForm form;

    private ImageArchive(Path file, ArchiveForm form) {
        this.file = file;
        this.form = form;
    }

    /**
     * Opens an archive, whichever form it has.
     *
     * @param file the tar file, perhaps compressed
     * @return the archive, which the caller closes
     * @throws dev.davit.oci.NotFoundException if there is no such file
     * @throws dev.davit.oci.MalformedContentException if it is no archive of images
     * @throws dev.davit.oci.StorageException if it cannot be read
     */
    public static ImageArchive open(Path file) {
        return new ImageArchive(file, ArchiveForm.open(file));
    }

    /** {@return all names, sorted: in an image layout short ones, from Docker whole references} */
    public List<String> tags() {
        return form.tags();
    }

    /**
     * Finds out what a name stands for. An archive in Docker's older form has no manifests; the one that is made for it
     * is the same each time.
     *
     * @param name a name as in {@link #tags}, a reference that means the same, or the digest of a manifest or index
     * @return descriptor of the manifest or index
     * @throws dev.davit.oci.NotFoundException if there is no such name
     */
    @Override
    public Descriptor resolve(String name) {
        return form.resolve(name);
    }

    /**
     * Finds the image of an archive that has only one, named or not.
     *
     * @return descriptor of its manifest or index
     * @throws dev.davit.oci.NotFoundException if there is none, or more than one
     */
    public Descriptor resolveOnly() {
        return form.resolveOnly();
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return form.blob(descriptor);
    }

    /**
     * Writes an image as image layout in a tar file. The file appears whole or not at all, in place of one that is
     * there; the same image gives the same bytes.
     *
     * @param image the image
     * @param file where it goes
     * @param name its name in the archive, or null for none
     * @throws dev.davit.oci.DavitException if the image cannot be read, or the file not be written
     */
    public static void writeOci(Image image, Path file, @Nullable String name) {
        writeOci(image.content(), image.descriptor(), file, name);
    }

    /**
     * Writes everything that a manifest or index refers to as image layout in a tar file, as {@link #writeOci(Image,
     * Path, String)} does.
     *
     * @param source where it is
     * @param root the manifest or index
     * @param file where it goes
     * @param name its name in the archive, or null for none
     * @throws dev.davit.oci.DavitException if something cannot be read, or the file not be written
     */
    public static void writeOci(ContentSource source, Descriptor root, Path file, @Nullable String name) {
        Archives.writeOci(file, source, root, name);
    }

    /**
     * Writes an image as {@code docker save} does, for {@code docker load} of any version: layers uncompressed, with a
     * {@code manifest.json}. The file appears whole or not at all, in place of one that is there; the same image gives
     * the same bytes.
     *
     * @param image the image
     * @param file where it goes
     * @param reference the name that {@code docker load} will give it, such as {@code acme/server:1.4.0}, or null for
     *     none
     * @throws IllegalArgumentException if the reference has a digest, which Docker does not load
     * @throws dev.davit.oci.MalformedContentException if it is no reference
     * @throws dev.davit.oci.DavitException if the image cannot be read, or the file not be written
     */
    public static void writeDocker(Image image, Path file, @Nullable String reference) {
        Reference parsed = reference == null ? null : Reference.parse(reference);
        if (parsed != null && parsed.digest().isPresent()) {
            throw new IllegalArgumentException("reference in an archive: expected one with a tag, got " + parsed);
        }
        Archives.writeDocker(file, image, parsed);
    }

    /** Deletes what was decompressed; doing so again has no effect. */
    @Override
    public void close() {
        form.close();
    }

    /** {@return where the archive is} */
    @Override
    public String toString() {
        return "archive " + file;
    }
}
