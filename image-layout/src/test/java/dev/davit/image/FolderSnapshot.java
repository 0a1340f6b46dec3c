package dev.davit.image;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/** Everything about a folder that an attack could change, as text by path. */
public final class FolderSnapshot {
    private FolderSnapshot() {}

    /**
     * Looks at a folder.
     *
     * @param folder the folder
     * @param except a child that is left out, and does not count as a change of the folder
     */
    public static Map<String, String> of(Path folder, Path except) throws IOException {
        Map<String, String> seen = new TreeMap<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes a) throws IOException {
                if (directory.equals(except)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (!directory.equals(folder)) {
                    seen.put(folder.relativize(directory) + "/", describe(directory));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                if (!file.equals(except)) {
                    seen.put(folder.relativize(file).toString(), describe(file) + content(file, a));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return seen;
    }

    private static String describe(Path path) throws IOException {
        Map<String, Object> a =
                Files.readAttributes(path, "unix:mode,uid,gid,nlink,ino,lastModifiedTime", NOFOLLOW_LINKS);
        return new TreeMap<>(a).toString();
    }

    private static String content(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink()) {
            return " -> " + Files.readSymbolicLink(file);
        }
        return attributes.isRegularFile() ? " = " + Files.readString(file) : "";
    }
}
