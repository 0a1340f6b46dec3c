package dev.davit.image.internal.unpack;

import dev.davit.image.internal.unpack.Tree.Node;
import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;

/** The attributes of something that is open, and is closed with this. */
class PosixHandle implements Tree.Handle {
    private static final int SET_ID = 06000;

    private final Kernel kernel;
    private final NewFiles newFiles;
    private final int fd;
    private final String path;
    private final NodeType type;

    PosixHandle(Kernel kernel, NewFiles newFiles, int fd, String path, NodeType type) {
        this.kernel = kernel;
        this.newFiles = newFiles;
        this.fd = fd;
        this.path = path;
        this.type = type;
    }

    /** {@return whether it was opened to write} */
    boolean isToWrite() {
        return false;
    }

    @Override
    public boolean setOwner(long uid, long gid) throws IOException {
        long result = kernel.setOwner(fd, uid, gid);
        if (result == -Errno.EPERM || result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP) {
            kernel.stat(fd, path);
            return kernel.uid() == uid && kernel.gid() == gid;
        }
        Kernel.checked(path, result);
        return true;
    }

    /** The system leaves setgid out, without a word, for a group that the user is not in. */
    @Override
    public boolean setMode(int mode) throws IOException {
        kernel.setMode(fd, isToWrite(), mode, path);
        return (mode & SET_ID) == 0 || kernel.stat(fd, path).mode() == mode;
    }

    /** File systems end in different centuries, and some know whole seconds only. */
    @Override
    public boolean setTime(long seconds, int nanos) throws IOException {
        kernel.setTime(fd, isToWrite(), seconds, nanos, path);
        if (nanos == 0 && seconds == (int) seconds) {
            return true;
        }
        Node node = kernel.stat(fd, path);
        return node.mtimeSeconds() == seconds && node.mtimeNanos() == nanos;
    }

    @Override
    public boolean setXattr(String name, byte[] value) throws IOException {
        newFiles.note(name);
        return value.length <= Kernel.MAX_XATTR && kernel.setXattr(fd, isToWrite(), name, value) == 0;
    }

    @Override
    public void clearXattrs() throws IOException {
        if (type == NodeType.SYMLINK) {
            return;
        }
        for (String name : kernel.xattrs(fd)) {
            kernel.removeXattr(fd, name);
        }
    }

    @Override
    public void close() throws IOException {
        kernel.close(fd);
    }
}
