package dev.davit.image.internal.build;

import dev.davit.image.internal.tar.EntryType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file system, of whatever kind, says about one of its files.
 *
 * @param path where it is
 * @param type what it is; null for a socket or what else no layer can have
 * @param mode its permission bits; -1 if the file system knows none
 * @param uid its owner; -1 if the file system knows no numbers
 * @param gid its group; -1 if the file system knows no numbers
 * @param mtime when it was changed
 * @param inode what all names of one file have in common; null if it has only this one
 * @param deviceMajor of a device
 * @param deviceMinor of a device
 */
record LocalFile(
        Path path,
        @Nullable EntryType type,
        int mode,
        long uid,
        long gid,
        Instant mtime,
        @Nullable Object inode,
        long deviceMajor,
        long deviceMinor) {
    private static final String UNIX = "unix:mode,uid,gid,dev,ino,nlink,rdev,lastModifiedTime";

    private record Inode(long device, long number) {}

    /** {@return what is at a path} */
    static LocalFile read(Path path, LinkOption... options) throws IOException {
        Set<String> views = path.getFileSystem().supportedFileAttributeViews();
        if (views.contains("unix")) {
            return unix(path, Files.readAttributes(path, UNIX, options));
        }
        if (views.contains("posix")) {
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class, options);
            return basic(path, attributes, mode(attributes.permissions()));
        }
        return basic(path, Files.readAttributes(path, BasicFileAttributes.class, options), -1);
    }

    private static LocalFile unix(Path path, Map<String, Object> a) {
        int mode = (int) get(a, "mode");
        EntryType type = switch (mode & 0170000) {
            case 0100000 -> EntryType.FILE;
            case 0040000 -> EntryType.DIRECTORY;
            case 0120000 -> EntryType.SYMLINK;
            case 0020000 -> EntryType.CHARACTER_DEVICE;
            case 0060000 -> EntryType.BLOCK_DEVICE;
            case 0010000 -> EntryType.FIFO;
            default -> null;
        };
        boolean shared = type != EntryType.DIRECTORY && (int) get(a, "nlink") > 1;
        boolean device = type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE;
        long number = device ? (long) get(a, "rdev") : 0;
        return new LocalFile(
                path,
                type,
                mode & 07777,
                Integer.toUnsignedLong((int) get(a, "uid")),
                Integer.toUnsignedLong((int) get(a, "gid")),
                ((FileTime) get(a, "lastModifiedTime")).toInstant(),
                shared ? new Inode((long) get(a, "dev"), (long) get(a, "ino")) : null,
                (number >>> 8 & 0xfff) | (number >>> 32 & ~0xfffL),
                (number & 0xff) | (number >>> 12 & 0xffffff00L));
    }

    private static Object get(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name));
    }

    private static LocalFile basic(Path path, BasicFileAttributes a, int mode) {
        EntryType type = a.isRegularFile()
                ? EntryType.FILE
                : a.isDirectory() ? EntryType.DIRECTORY : a.isSymbolicLink() ? EntryType.SYMLINK : null;
        return new LocalFile(path, type, mode, -1, -1, a.lastModifiedTime().toInstant(), null, 0, 0);
    }

    private static int mode(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (char c : PosixFilePermissions.toString(permissions).toCharArray()) {
            mode = mode << 1 | (c == '-' ? 0 : 1);
        }
        return mode;
    }

    /** {@return the permissions that it gets in a layer unless its own are to be kept} */
    int plainMode() {
        return type == EntryType.DIRECTORY || (mode >= 0 && (mode & 0100) != 0) ? 0755 : 0644;
    }
}
