package dev.davit.image;

import dev.davit.image.internal.archive.ArchiveForm;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images in one tar file: an image layout (skopeo's {@code oci-archive}, what {@code docker save} writes since Docker
 * 25), or one of the older forms of {@code docker save} (skopeo's {@code docker-archive}). Any blob can be read at any time, in
 * any order; an archive that is compressed as a whole, or comes from a stream, is put into a temporary file for that.
 * Bytes are verified when they are read. {@link ArchiveSpec} writes archives.
 *
 * <p>Safe to share between threads. Whoever opens an archive closes it; what came from it cannot be read then.
 */
public final class ImageArchive implements Source, AutoCloseable {
    private final ArchiveForm form;

    private ImageArchive(ArchiveForm form) {
        this.form = form;
    }

    /**
     * Opens an archive, whichever form it has. A pipe is read to its end, as by {@link #read(InputStream)}.
     *
     * @param file the tar file, perhaps compressed
     * @return the archive, which the caller closes
     * @throws dev.davit.oci.NotFoundException if there is no such file
     * @throws dev.davit.oci.MalformedContentException if it is no archive of images
     * @throws dev.davit.oci.StorageException if it cannot be read
     */
    public static ImageArchive open(Path file) {
        return new ImageArchive(ArchiveForm.open(file));
    }

    /**
     * Reads an archive from a stream to its end, as from the pipe behind {@code docker save}, into a temporary file. Takes
     * at most 64 GiB.
     *
     * @param in the archive, perhaps compressed; not closed
     * @return the archive, which the caller closes
     * @throws dev.davit.oci.MalformedContentException if it is no archive of images
     * @throws dev.davit.oci.LimitExceededException if it is longer
     * @throws dev.davit.oci.TransferException if the stream fails
     * @throws dev.davit.oci.StorageException if the temporary file cannot be written
     */
    public static ImageArchive read(InputStream in) {
        return read(in, 64L << 30);
    }

    /**
     * Reads an archive from a stream, as {@link #read(InputStream)} does.
     *
     * @param in the archive, perhaps compressed; not closed
     * @param maxBytes how long it may be, uncompressed
     * @return the archive, which the caller closes
     * @throws dev.davit.oci.DavitException as {@link #read(InputStream)}
     */
    public static ImageArchive read(InputStream in, long maxBytes) {
        return new ImageArchive(ArchiveForm.read(in, maxBytes));
    }

    /** {@return all names, sorted: those of an image layout as they were given, and whole references from Docker} */
    @Override
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
     * {@inheritDoc}
     *
     * <p>Docker's older form has none.
     */
    @Override
    public List<Descriptor> referrers(Digest subject) {
        return form.referrers(subject);
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
     * Writes an image as image layout in a tar file: {@link ArchiveSpec#writeOci(Path)} for one image.
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
        ArchiveSpec.empty().add(source, root, names(name)).writeOci(file);
    }

    /**
     * Writes an image as {@code docker save} did up to version 24: {@link ArchiveSpec#writeDocker(Path)} for one image.
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
        ArchiveSpec.empty().add(image, names(reference)).writeDocker(file);
    }

    private static String[] names(@Nullable String name) {
        return name == null ? new String[0] : new String[] {name};
    }

    /** Deletes what is in a temporary file; doing so again has no effect. */
    @Override
    public void close() {
        form.close();
    }

    /** {@return where the archive is} */
    @Override
    public String toString() {
        return form.toString();
    }
}
