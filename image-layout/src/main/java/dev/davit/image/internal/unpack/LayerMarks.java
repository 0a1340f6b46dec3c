package dev.davit.image.internal.unpack;

import dev.davit.image.internal.Names;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;

/**
 * Knows which paths belong to the layer that is being applied, because a whiteout hides only what lower layers left,
 * wherever in its layer it stands: image-spec, layer.md, "Whiteouts". A directory belongs to it also if only something
 * below it does.
 *
 * <p>A layer may have millions of entries, so a path is kept as 64 bits of a hash. Its salt is secret: nobody can make
 * an image in which two paths meet.
 */
final class LayerMarks {
    private final MessageDigest hash;
    private final byte[] salt = new byte[16];
    private final LongSet marks = new LongSet();
    /** Directories below which nothing is left of lower layers. */
    private final Set<String> fresh = new HashSet<>();

    LayerMarks() {
        new SecureRandom().nextBytes(salt);
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The layer has something at this path. */
    void mark(String path) {
        String marked = path;
        while (!marked.isEmpty() && marks.add(key(marked))) {
            marked = EntryNames.parent(marked);
        }
    }

    boolean isMarked(String path) {
        return marks.contains(key(path));
    }

    /** Lower layers have nothing below this directory, or nothing is left of it. */
    void markFresh(String directory) {
        fresh.add(directory);
    }

    /** {@return whether lower layers left nothing below this directory, as far as that is known} */
    boolean isFresh(String directory) {
        if (fresh.isEmpty()) {
            return false;
        }
        for (String above = directory; ; above = EntryNames.parent(above)) {
            if (fresh.contains(above)) {
                return true;
            }
            if (above.isEmpty()) {
                return false;
            }
        }
    }

    private long key(String path) {
        hash.update(salt);
        return ByteBuffer.wrap(hash.digest(Names.encode(path))).getLong();
    }
}
