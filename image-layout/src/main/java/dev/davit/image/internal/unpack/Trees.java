package dev.davit.image.internal.unpack;

import java.nio.file.Path;

/** Chooses how to reach the file system. */
public final class Trees {
    private Trees() {}

    /** {@return the best that this JVM and this system can do below a directory that is no link} */
    static Tree open(Path root, boolean javaOnly) {
        Tree tree = javaOnly ? null : PosixTree.open(root);
        return tree == null ? new NioTree(root) : tree;
    }

    /** {@return whether this JVM can call the system itself, so that all of an image can be unpacked by root} */
    public static boolean canCallSystem() {
        return SystemCall.isAvailable();
    }
}
