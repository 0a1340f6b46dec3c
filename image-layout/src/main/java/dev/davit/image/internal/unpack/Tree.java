package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.EntryData;
import dev.davit.image.internal.tar.EntryType;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system calls that unpacking needs, below one root: the port behind which stands the best that the running JDK
 * offers. What a system cannot do, it says by its return value. For one thread.
 *
 * <p>Paths are <em>physical</em>: relative to the root, without dots, and the caller has made sure that every element
 * but the last is a directory and no link. The last is never followed by any of these. What makes something makes it
 * anew: if there is anything, it throws {@link java.nio.file.FileAlreadyExistsException}.
 */
interface Tree extends Closeable {
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
     * @param mode its permission bits with setuid, setgid and sticky
     * @param mtimeSeconds when it was changed, whole seconds rounded down
     * @param mtimeNanos the rest
     */
    record Node(NodeType type, int mode, long mtimeSeconds, int mtimeNanos) {
        static final int TYPE_BITS = 0170000;

        /** {@return what a system says in the mode and the time of a file} */
        static Node of(int mode, long mtimeSeconds, int mtimeNanos) {
            NodeType type = switch (mode & TYPE_BITS) {
                case 0100000 -> NodeType.FILE;
                case 0040000 -> NodeType.DIRECTORY;
                case 0120000 -> NodeType.SYMLINK;
                default -> NodeType.OTHER;
            };
            return new Node(type, mode & 07777, mtimeSeconds, mtimeNanos);
        }

        boolean isDirectory() {
            return type == NodeType.DIRECTORY;
        }
    }

    /** The attributes of one thing below the root, which stays the same thing whatever happens to its name. */
    interface Handle extends Closeable {
        /** {@return whether it has this owner now} */
        boolean setOwner(long uid, long gid) throws IOException;

        /**
         * Sets the permissions of something that is no link. Comes after the owner, which clears some of them.
         *
         * @return whether it has exactly these now
         */
        boolean setMode(int mode) throws IOException;

        /** {@return whether the time is exactly this one now} */
        boolean setTime(long seconds, int nanos) throws IOException;

        /** {@return whether the system set the attribute} */
        boolean setXattr(String name, byte[] value) throws IOException;

        /** Takes all extended attributes away that {@link #setXattr} could set. */
        void clearXattrs() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** A file in the making. */
    interface Output extends Handle, EntryData.Sink {
        /** Leaves a hole: zeros that take no space on the disk. The file ends behind it if nothing is written more. */
        void skip(long length) throws IOException;

        /** Everything is written. */
        void finish() throws IOException;
    }

    /** {@return what is there, or null} */
    @Nullable
    Node stat(String path) throws IOException;

    String readLink(String path) throws IOException;

    /** {@return the names in a directory that its owner may list} */
    List<String> children(String directory) throws IOException;

    /** Makes a directory that only its owner may use. */
    void makeDirectory(String path) throws IOException;

    /**
     * Makes a file that only its owner may use, or one that has its owner and its mode already.
     *
     * @param uid the owner that it is going to get, or {@link Owners#UNMAPPED} if it keeps the one it has
     * @param mode the mode that it is going to get, if it may be used before all else about it is set
     */
    Output makeFile(String path, long uid, long gid, int mode) throws IOException;

    /** {@return whether the link has exactly this target; if not, one that leads to the same place} */
    boolean makeSymlink(String path, String target) throws IOException;

    /** Makes another name for something that is no directory: a link gets one itself, not what it points to. */
    void makeHardLink(String path, String existing) throws IOException;

    /** {@return whether the system made a device or FIFO, which only its owner may use} */
    boolean makeSpecial(String path, EntryType type, long major, long minor) throws IOException;

    /**
     * Opens what is there for its attributes.
     *
     * @param path its path; empty for the root
     * @param expected what it has to be; if it is something else by now, another process changes the tree
     */
    Handle open(String path, NodeType expected) throws IOException;

    /** Removes a directory without children, or anything else. */
    void remove(String path, boolean directory) throws IOException;

    @Override
    void close();
}
