package dev.davit.cri;

import dev.davit.oci.StorageException;
import dev.davit.oci.internal.FolderTree;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folders for logs that we make for pods whose specification names none. An annotation of the pod says where its
 * folder is, so that it can go together with the pod, whoever removes it.
 *
 * <p>The names cannot be guessed and the folders belong to their maker alone: a runtime writes into them as root, and
 * somebody else's link in a folder that all can write to would have it write elsewhere.
 */
final class LogDirectory {
    static final String ANNOTATION = "dev.davit.log-directory";

    private static final String PREFIX = "davit-pod-";
    private static final Pattern OURS = Pattern.compile("/.*/" + PREFIX + "[0-9]+");
    private static final Logger LOGGER = System.getLogger(LogDirectory.class.getName());

    private LogDirectory() {}

    /**
     * Makes a folder.
     *
     * @param parent where, or null for among the temporary files
     */
    static Path create(@Nullable Path parent) {
        try {
            return parent == null
                    ? Files.createTempDirectory(PREFIX).toAbsolutePath()
                    : Files.createTempDirectory(parent, PREFIX);
        } catch (IOException e) {
            String folder = e instanceof FileSystemException f ? f.getFile() : null;
            throw new StorageException("create", Path.of(folder == null ? PREFIX : folder), e);
        }
    }

    /** Deletes the folder that the annotations of a pod name, if it is one of ours. */
    static void deleteNamedBy(Map<String, String> annotations) {
        String name = annotations.get(ANNOTATION);
        if (name != null && OURS.matcher(name).matches()) {
            delete(Path.of(name));
        }
    }

    /** Deletes a folder. What cannot be deleted stays: a pod that is gone does not come back for it. */
    static void delete(Path folder) {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            LOGGER.log(Logger.Level.WARNING, "cannot delete the logs in {0}: {1}", folder, e.toString());
        }
    }
}
