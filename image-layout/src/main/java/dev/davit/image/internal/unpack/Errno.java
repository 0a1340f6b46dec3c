package dev.davit.image.internal.unpack;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;

/** What the error numbers of Linux mean, as the exceptions that {@code java.nio.file} throws for them. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EINVAL = 22;
    static final int ENOTEMPTY = 39;
    static final int ELOOP = 40;
    static final int EOPNOTSUPP = 95;

    private static final Map<Integer, String> TEXTS = Map.ofEntries(
            Map.entry(EPERM, "Operation not permitted"),
            Map.entry(5, "Input/output error"),
            Map.entry(12, "Cannot allocate memory"),
            Map.entry(16, "Device or resource busy"),
            Map.entry(18, "Invalid cross-device link"),
            Map.entry(ENOTDIR, "Not a directory"),
            Map.entry(21, "Is a directory"),
            Map.entry(EINVAL, "Invalid argument"),
            Map.entry(23, "Too many open files in system"),
            Map.entry(24, "Too many open files"),
            Map.entry(27, "File too large"),
            Map.entry(28, "No space left on device"),
            Map.entry(30, "Read-only file system"),
            Map.entry(31, "Too many links"),
            Map.entry(36, "File name too long"),
            Map.entry(38, "Function not implemented"),
            Map.entry(ELOOP, "Too many levels of symbolic links"),
            Map.entry(EOPNOTSUPP, "Operation not supported"),
            Map.entry(122, "Disk quota exceeded"));

    private Errno() {}

    /** {@return the exception for an error at a path} */
    static FileSystemException at(String path, int errno) {
        return switch (errno) {
            case ENOENT -> new NoSuchFileException(path);
            case EACCES -> new AccessDeniedException(path);
            case EEXIST -> new FileAlreadyExistsException(path);
            case ENOTEMPTY -> new DirectoryNotEmptyException(path);
            default -> new FileSystemException(path, null, TEXTS.getOrDefault(errno, "error " + errno));
        };
    }
}
