package dev.davit.image.internal.fs;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.unpack.MemoryTree;
import dev.davit.image.internal.unpack.MemoryTree.Item;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * Finds what a path leads to, as Linux would for a process whose root is that of the image: links lead nowhere else,
 * however many dots they have.
 */
final class Resolver {
    /** As many links as Linux follows for one path. */
    private static final int MAX_LINKS = 40;

    private static final int MAX_LENGTH = 4096;

    private final MemoryTree<StoredFile> tree;

    Resolver(MemoryTree<StoredFile> tree) {
        this.tree = tree;
    }

    /**
     * Something that is there.
     *
     * @param path where it really is, without links and dots
     * @param item what it is
     */
    record Found(ImagePath path, Item<StoredFile> item) {}

    /**
     * Finds something.
     *
     * @throws NoSuchFileException if it is not there
     * @throws FileSystemException if the path leads through something that is no directory, or in circles
     */
    Found resolve(ImagePath path, Follow follow) throws FileSystemException {
        String text = path.toString();
        Deque<String> ahead = new ArrayDeque<>(path.names());
        List<String> names = new ArrayList<>();
        List<Item<StoredFile>> items = new ArrayList<>();
        items.add(Objects.requireNonNull(tree.get("")));
        int links = 0;
        while (!ahead.isEmpty()) {
            String name = ahead.removeFirst();
            Item<StoredFile> directory = items.get(items.size() - 1);
            if (directory.type() != EntryType.DIRECTORY) {
                throw new NotDirectoryException(text);
            }
            if (name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.remove(names.size() - 1);
                    items.remove(items.size() - 1);
                }
                continue;
            }
            Item<StoredFile> item = directory.children().get(name);
            if (item == null) {
                throw new NoSuchFileException(text);
            }
            if (item.type() != EntryType.SYMLINK || (ahead.isEmpty() && follow == Follow.NO)) {
                names.add(name);
                items.add(item);
                continue;
            }
            if (++links > MAX_LINKS || ahead.size() > MAX_LENGTH) {
                throw new FileSystemLoopException(text);
            }
            String target = item.target();
            if (target.startsWith("/")) {
                names.clear();
                items.subList(1, items.size()).clear();
            }
            List<String> more = ImagePath.split(target);
            if (target.endsWith("/")) {
                // a link to a directory, and to nothing else
                ahead.addFirst(".");
            }
            for (int i = more.size() - 1; i >= 0; i--) {
                ahead.addFirst(more.get(i));
            }
        }
        return new Found(new ImagePath(path.getFileSystem(), true, List.copyOf(names)), items.get(items.size() - 1));
    }
}
