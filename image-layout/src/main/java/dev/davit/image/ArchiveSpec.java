package dev.davit.image;

import dev.davit.image.internal.archive.ArchiveItem;
import dev.davit.image.internal.archive.Archives;
import dev.davit.oci.Descriptor;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.image.Image;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes into an archive: any number of images, each under any number of names. Blobs that images share are written
 * once, and the same images give the same bytes.
 *
 * <p>Immutable and safe to share: each method gives a new one. Nothing is read before it is written.
 */
public final class ArchiveSpec {
    private static final ArchiveSpec EMPTY = new ArchiveSpec(List.of());

    private final List<ArchiveItem> items;

    private ArchiveSpec(List<ArchiveItem> items) {
        this.items = items;
    }

    /** {@return a plan of an archive without images} */
    public static ArchiveSpec empty() {
        return EMPTY;
    }

    /**
     * Adds an image.
     *
     * @param image the image
     * @param names its names, such as {@code 1.0} or {@code acme/server:1.4.0}; may be none
     * @return the larger plan
     * @throws IllegalArgumentException if another image has one of the names
     */
    public ArchiveSpec add(Image image, String... names) {
        return add(image.content(), image.descriptor(), names);
    }

    /**
     * Adds a manifest or index with everything that it refers to.
     *
     * @param source where it is
     * @param root the manifest or index
     * @param names its names, as for {@link #add(Image, String...)}
     * @return the larger plan
     * @throws IllegalArgumentException if another image has one of the names
     */
    public ArchiveSpec add(ContentSource source, Descriptor root, String... names) {
        List<String> all = List.of(names).stream().distinct().toList();
        List<ArchiveItem> more = new ArrayList<>(items);
        for (ArchiveItem item : items) {
            item.names().stream().filter(all::contains).findFirst().ifPresent(name -> {
                throw new IllegalArgumentException("names in an archive: expected each once, got " + name + " twice");
            });
        }
        more.add(new ArchiveItem(source, root, all));
        return new ArchiveSpec(List.copyOf(more));
    }

    /**
     * Writes an image layout in a tar file. A name with a tag becomes, in full, the name that containerd gives the image,
     * too. {@linkplain Descriptor#isForeignLayer Foreign layers} stay where their URLs say. The file appears whole or not at
     * all, in place of one that is there; a pipe that is there is written to.
     *
     * @param file where it goes
     * @throws IllegalArgumentException if a name has control characters, or more than 4096 characters
     * @throws dev.davit.oci.DavitException if something cannot be read, or the file not be written
     */
    public void writeOci(Path file) {
        Archives.writeOci(file, items);
    }

    /**
     * Writes an image layout as tar archive into a stream. If that fails, part of it may be in the stream.
     *
     * @param out where it goes; flushed, not closed
     * @throws IllegalArgumentException if a name has control characters, or more than 4096 characters
     * @throws dev.davit.oci.DavitException if something cannot be read or written
     */
    public void writeOci(OutputStream out) {
        Archives.writeOci(out, items);
    }

    /**
     * Writes what {@code docker save} wrote up to version 24, for {@code docker load} of any version: layers uncompressed,
     * with a {@code manifest.json}. Manifests and their annotations are not in it; every layer has to be, foreign ones too. The file appears whole or not at all, in
     * place of one that is there; a pipe that is there is written to.
     *
     * @param file where it goes
     * @throws IllegalArgumentException if a name has a digest, which Docker does not load
     * @throws dev.davit.oci.MalformedContentException if a name is no reference, or something is an index or no image
     * @throws dev.davit.oci.DavitException if something cannot be read, or the file not be written
     */
    public void writeDocker(Path file) {
        Archives.writeDocker(file, items);
    }

    /**
     * Writes into a stream what {@link #writeDocker(Path)} writes into a file, as into a pipe to {@code docker load}. Each
     * compressed layer lies in a temporary file meanwhile. If it fails, part of it may be in the stream.
     *
     * @param out where it goes; flushed, not closed
     * @throws IllegalArgumentException if a name has a digest, which Docker does not load
     * @throws dev.davit.oci.MalformedContentException if a name is no reference, or something is an index or no image
     * @throws dev.davit.oci.DavitException if something cannot be read or written
     */
    public void writeDocker(OutputStream out) {
        Archives.writeDocker(out, items);
    }
}
