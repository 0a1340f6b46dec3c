package dev.davit.image.internal.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.image.internal.LocalNames;
import dev.davit.image.internal.tar.EntryType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the extended attributes of local files: all of them through Linux, or those of users through Java. Leaves out
 * what unpacking refuses to set. For one thread.
 */
public final class XattrReader {
    private final @Nullable Kernel kernel = working();

    /** A sandbox may have no {@code /proc}, through which attributes are read. */
    private static @Nullable Kernel working() {
        Kernel kernel = Kernel.get();
        if (kernel == null) {
            return null;
        }
        try {
            int root = kernel.openDirectory(LinuxCalls.AT_FDCWD, "/", "/");
            try {
                return kernel.stat(root, "/").equals(kernel.statThroughProc(root)) ? kernel : null;
            } finally {
                kernel.close(root);
            }
        } catch (IOException e) {
            return null;
        }
    }

    /** {@return whether it can read all attributes of files in the default file system, and not only those of users} */
    public boolean readsAll() {
        return kernel != null;
    }

    /**
     * Reads the attributes of a file.
     *
     * @param file the file; the last element is not followed
     * @param type what it is
     * @return values by name, perhaps none
     */
    public Map<String, byte[]> read(Path file, EntryType type) throws IOException {
        Map<String, byte[]> found;
        if (kernel != null && file.getFileSystem() == FileSystems.getDefault()) {
            found = throughLinux(kernel, file);
        } else if (type == EntryType.FILE || type == EntryType.DIRECTORY) {
            found = throughJava(file);
        } else {
            // nothing else can have attributes of users, and Java would wait for the other end of a pipe
            return Map.of();
        }
        found.keySet().removeIf(Attributes::isForeign);
        return found;
    }

    private static Map<String, byte[]> throughLinux(Kernel kernel, Path file) throws IOException {
        String path = LocalNames.text(file.toAbsolutePath());
        Map<String, byte[]> found = new TreeMap<>();
        int fd = kernel.openNode(LinuxCalls.AT_FDCWD, path, path);
        try {
            for (String name : kernel.xattrs(fd)) {
                if (!Attributes.isForeign(name)) {
                    found.put(name, kernel.xattr(fd, name, path));
                }
            }
        } finally {
            kernel.close(fd);
        }
        return found;
    }

    private static Map<String, byte[]> throughJava(Path file) throws IOException {
        Map<String, byte[]> found = new TreeMap<>();
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(file, UserDefinedFileAttributeView.class, NOFOLLOW_LINKS);
        if (view == null || !Files.getFileStore(file).supportsFileAttributeView(UserDefinedFileAttributeView.class)) {
            return found;
        }
        try {
            for (String name : view.list()) {
                ByteBuffer value = ByteBuffer.allocate(view.size(name));
                view.read(name, value);
                byte[] bytes = new byte[value.flip().remaining()];
                value.get(bytes);
                found.put(NioHandle.USER + name, bytes);
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            if (Files.isReadable(file)) {
                // a file system without extended attributes
                return found;
            }
            throw e;
        }
        return found;
    }
}
