package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.EntryType;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system calls that unpacking needs, below one root. What one system cannot do, it says by its return value; this
 * is the port behind which a better implementation can stand where the running JDK offers more.
 *
 * <p>Paths are <em>physical</em>: relative to the root, without dots, and the caller has made sure that every element
 * but the last is a directory and no link. The last is never followed by any of these. What makes something makes it
 * anew: if there is anything, it throws {@link java.nio.file.FileAlreadyExistsException}.
 */
interface Tree {
    /** What is at a path. */
    enum NodeType {
        FILE,
        DIRECTORY,
        SYMLINK,
        OTHER
    }

    /**
     * Something that is there.
     *
     * @param type what it is
     * @param mtimeSeconds when it was changed, whole seconds rounded down
     * @param mtimeNanos the rest
     */
    record Node(NodeType type, long mtimeSeconds, int mtimeNanos) {
        boolean isDirectory() {
            return type == NodeType.DIRECTORY;
        }
    }

    /** A file in the making. */
    interface Output extends Closeable {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    /** {@return what is there, or null} */
    @Nullable
    Node stat(String path) throws IOException;

    String readLink(String path) throws IOException;

    /** {@return the names in a directory; one that may not be listed is made so first} */
    List<String> children(String directory) throws IOException;

    /** Makes a directory that only its owner may use. */
    void makeDirectory(String path) throws IOException;

    /** Makes a file that only its owner may use. */
    Output makeFile(String path) throws IOException;

    /** {@return whether the link has exactly this target; if not, one that leads to the same place} */
    boolean makeSymlink(String path, String target) throws IOException;

    /** Makes another name for something that is no directory: a link gets one itself, not what it points to. */
    void makeHardLink(String path, String existing) throws IOException;

    /** {@return whether the system made a device or FIFO} */
    boolean makeSpecial(String path, EntryType type, long major, long minor) throws IOException;

    /** Removes a directory without children, or anything else. */
    void remove(String path) throws IOException;

    /** {@return whether the system set the owner} */
    boolean setOwner(String path, long uid, long gid) throws IOException;

    /** Sets the permissions of something that is no link. Comes after the owner, which clears some of them. */
    void setMode(String path, int mode) throws IOException;

    /** {@return whether the time is exactly this one now} */
    boolean setTime(String path, long seconds, int nanos) throws IOException;

    /** {@return whether the system set the attribute} */
    boolean setXattr(String path, String name, byte[] value) throws IOException;

    /** Takes all extended attributes away that {@link #setXattr} could set. */
    void clearXattrs(String path) throws IOException;
}
