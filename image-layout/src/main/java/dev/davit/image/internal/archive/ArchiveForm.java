package dev.davit.image.internal.archive;

import dev.davit.image.internal.layout.LayoutFiles;
import dev.davit.oci.Descriptor;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.content.Source;
import java.nio.file.Path;
import java.util.List;

/** One of the forms in which images are kept in a tar file. */
public interface ArchiveForm extends Source, AutoCloseable {
    /**
     * Opens a file in the form that it has.
     *
     * @param file the file
     * @return its images
     * @throws MalformedContentException if it has none of the known forms
     */
    static ArchiveForm open(Path file) {
        ArchiveFile archive = ArchiveFile.open(file);
        try {
            // Docker writes both forms into one file; the first is the complete one
            if (archive.index().find(LayoutFiles.MARKER).isPresent()) {
                return new OciForm(archive);
            }
            if (archive.index().find(DockerForm.MANIFEST).isPresent()) {
                return new DockerForm(archive);
            }
            throw new MalformedContentException(file + ": expected an image archive with " + LayoutFiles.MARKER + " or "
                    + DockerForm.MANIFEST + ", got one with neither");
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    /** {@return all names, sorted} */
    List<String> tags();

    /** {@return the only image} */
    Descriptor resolveOnly();

    @Override
    void close();
}
