package dev.davit.image.internal.unpack;

import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;

/** A new file, open to write. */
final class PosixFile extends PosixHandle implements Tree.Output {
    private final Kernel kernel;
    private final int fd;
    private final String path;
    private boolean endsWithHole;

    PosixFile(Kernel kernel, int fd, String path) {
        super(kernel, fd, path, NodeType.FILE);
        this.kernel = kernel;
        this.fd = fd;
        this.path = path;
    }

    @Override
    boolean isToWrite() {
        return true;
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
