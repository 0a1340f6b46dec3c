package dev.davit.image.internal.layout;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.FileInputStream;
import dev.davit.oci.internal.PartialFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;

/** Reads and replaces the small files of a layout as if nobody could be trusted and the power could fail. */
final class SmallFiles {
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS);

    private SmallFiles() {}

    /**
     * {@return the content of a regular file: no link is followed, and no pipe or device is opened}
     *
     * @throws NotFoundException if there is none
     * @throws MalformedContentException if it is something else, or larger than the limit
     */
    static byte[] read(Path file, int limit) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new MalformedContentException(file + ": expected a regular file");
            }
            try (InputStream in = new FileInputStream(file, Files.newByteChannel(file, READ))) {
                byte[] bytes = in.readNBytes(limit + 1);
                if (bytes.length > limit) {
                    throw new MalformedContentException(file + ": expected at most " + limit + " bytes");
                }
                return bytes;
            }
        } catch (NoSuchFileException e) {
            throw new NotFoundException("no file " + file, e);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    /**
     * Replaces a file: after a crash it is the old one or the new one.
     *
     * @param file which file
     * @param scratch a folder in the same file system, for the file in the making
     * @param content the new content
     */
    static void replace(Path file, Path scratch, byte[] content) {
        try (PartialFile partial = PartialFile.in(scratch, true)) {
            partial.write(content, 0, content.length);
            partial.publish(file);
            PartialFile.syncDirectory(Objects.requireNonNull(file.getParent()));
        } catch (IOException e) {
            throw new StorageException("sync", file, e);
        }
    }

    /**
     * Makes a file unless there is something of its name, which is left as it is.
     *
     * @return whether the file system can do that
     */
    static boolean createUnlessThere(Path file, Path scratch, byte[] content) {
        try (PartialFile partial = PartialFile.in(scratch, true)) {
            partial.write(content, 0, content.length);
            return partial.publishUnlessThere(file);
        }
    }
}
