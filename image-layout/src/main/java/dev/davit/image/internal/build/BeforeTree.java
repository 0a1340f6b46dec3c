package dev.davit.image.internal.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What a tree of files was, before it was changed. Paths are normalised; the empty one is the root. */
interface BeforeTree {
    /** {@return what was at a path, with all its attributes; null if there was nothing that a layer can have} */
    @Nullable
    PlannedEntry entry(String path) throws IOException;

    /** {@return the names in a directory} */
    Collection<String> children(String directory) throws IOException;

    /**
     * {@return whether a file had exactly the content that another has now}
     *
     * @param entry what was there, a file
     * @param now a local file
     */
    boolean hasContentOf(PlannedEntry entry, Path now) throws IOException;
}
