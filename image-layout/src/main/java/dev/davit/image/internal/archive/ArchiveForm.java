package dev.davit.image.internal.archive;

import dev.davit.image.internal.layout.LayoutFiles;
import dev.davit.oci.Descriptor;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.content.Source;
import java.io.InputStream;
import java.nio.file.Path;

/** One of the forms in which images are kept in a tar file. */
public interface ArchiveForm extends Source, AutoCloseable {
    /** What a stream is called. */
    String STREAM = "archive from a stream";

    /**
     * Opens a file in the form that it has.
     *
     * @param file the file
     * @return its images
     * @throws MalformedContentException if it has none of the known forms
     */
    static ArchiveForm open(Path file) {
        return of(ArchiveFile.open(file));
    }

    /**
     * Reads a stream to its end.
     *
     * @param in the archive, perhaps compressed; not closed
     * @param maxBytes how long it may be, uncompressed
     * @return its images
     * @throws MalformedContentException if it has none of the known forms, or is longer
     */
    static ArchiveForm read(InputStream in, long maxBytes) {
        return of(ArchiveFile.read(STREAM, in, maxBytes));
    }

    private static ArchiveForm of(ArchiveFile archive) {
        try {
            // Docker writes both forms into one file; the first is the complete one
            if (archive.index().find(LayoutFiles.MARKER).isPresent()) {
                return new OciForm(archive);
            }
            if (archive.index().find(DockerForm.MANIFEST).isPresent()) {
                return DockerForm.of(archive);
            }
            if (archive.index().find(LegacyImages.REPOSITORIES).isPresent()) {
                return DockerForm.legacy(archive);
            }
            throw new MalformedContentException(archive + ": expected an image archive with " + LayoutFiles.MARKER
                    + " or " + DockerForm.MANIFEST + " or " + LegacyImages.REPOSITORIES + ", got one without");
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    /** {@return the only image} */
    Descriptor resolveOnly();

    @Override
    void close();
}
