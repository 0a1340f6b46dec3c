package dev.davit.image;

import dev.davit.image.internal.build.GlobList;
import java.nio.file.Path;
import java.util.List;

/**
 * Which files of a folder go into a layer: those that are included and not excluded. Patterns are those of Docker's {@code
 * .dockerignore} files, and match paths below the folder, written with forward slashes:
 *
 * <ul>
 *   <li>{@code *} stands for any text without slash, {@code ?} for one character that is none, {@code [a-z]} and {@code
 *       [^a-z]} for one of some characters, a backslash takes the meaning from the next character;
 *   <li>{@code **} stands for any number of directories;
 *   <li>what matches a directory matches all that is in it;
 *   <li>a pattern behind an exclamation mark is an exception from those before it: the last that matches counts;
 *   <li>a slash at either end, and what paths mean the same without, makes no difference.
 * </ul>
 *
 * <p>Directories that lead to a file that is taken are taken too. Immutable and safe to share.
 *
 * @see <a href="https://docs.docker.com/build/concepts/context/#dockerignore-files">.dockerignore files</a>
 */
public final class FileSelection {
    private static final FileSelection ALL = new FileSelection(GlobList.EMPTY, GlobList.EMPTY);

    private final GlobList included;
    private final GlobList excluded;

    private FileSelection(GlobList included, GlobList excluded) {
        this.included = included;
        this.excluded = excluded;
    }

    /** {@return the selection that takes every file} */
    public static FileSelection all() {
        return ALL;
    }

    /**
     * Takes only what matches. Without this every file is taken.
     *
     * @param patterns come after those that were given before
     * @return the selection with them
     * @throws IllegalArgumentException if a pattern is malformed
     */
    public FileSelection include(String... patterns) {
        return new FileSelection(included.and(List.of(patterns)), excluded);
    }

    /**
     * Leaves out what matches.
     *
     * @param patterns come after those that were given before
     * @return the selection with them
     * @throws IllegalArgumentException if a pattern is malformed
     */
    public FileSelection exclude(String... patterns) {
        return new FileSelection(included, excluded.and(List.of(patterns)));
    }

    /**
     * Leaves out what a {@code .dockerignore} file says. Lines that start with {@code #} are comments.
     *
     * @param file the file, which is read at once and may have any name; its patterns come after those that were given before
     * @return the selection with them
     * @throws IllegalArgumentException if a pattern is malformed
     * @throws dev.davit.oci.StorageException if the file cannot be read
     */
    public FileSelection dockerignore(Path file) {
        return new FileSelection(included, excluded.and(file));
    }

    GlobList included() {
        return included;
    }

    GlobList excluded() {
        return excluded;
    }
}
