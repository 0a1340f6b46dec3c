package dev.davit.image.internal.unpack;

import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;

/** A new file, open to write. */
final class PosixFile extends PosixHandle implements Tree.Output {
    /** In place of a mode: the file is for its owner alone, and will get its mode later. */
    static final int PRIVATE = -1;

    private final Kernel kernel;
    private final NewFiles newFiles;
    private final OpenDirectory in;
    private final int fd;
    private final String path;
    private final int mode;
    private boolean endsWithHole;

    /**
     * A file.
     *
     * @param in where it was made
     * @param mode the mode that it was made with, in which case it has the right owner; or {@link #PRIVATE}
     */
    PosixFile(Kernel kernel, NewFiles newFiles, OpenDirectory in, int fd, String path, int mode) {
        super(kernel, newFiles, fd, path, NodeType.FILE);
        this.kernel = kernel;
        this.newFiles = newFiles;
        this.in = in;
        this.mode = mode;
        this.fd = fd;
        this.path = path;
    }

    @Override
    boolean isToWrite() {
        return true;
    }

    @Override
    public boolean setOwner(long uid, long gid) throws IOException {
        if (mode != PRIVATE) {
            return true;
        }
        newFiles.learnOwner(in, fd, path);
        return super.setOwner(uid, gid);
    }

    @Override
    public boolean setMode(int wanted) throws IOException {
        return (mode == wanted && newFiles.haveMode(fd, mode, path)) || super.setMode(wanted);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        kernel.write(fd, bytes, offset, length, path);
        endsWithHole &= length == 0;
    }

    @Override
    public void skip(long length) throws IOException {
        kernel.skip(fd, length, path);
        endsWithHole |= length > 0;
    }

    @Override
    public void finish() throws IOException {
        if (endsWithHole) {
            kernel.end(fd, path);
        }
    }

    @Override
    public void close() throws IOException {
        long result = kernel.close(fd);
        if (result != -Errno.EINTR) {
            Kernel.checked(path, result);
        }
    }
}
