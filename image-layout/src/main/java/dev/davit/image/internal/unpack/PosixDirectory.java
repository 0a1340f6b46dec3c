package dev.davit.image.internal.unpack;

import java.io.IOException;

/** The attributes of a directory that stays open, for the next one who makes something in it. */
final class PosixDirectory extends PosixHandle {
    private final Kernel kernel;
    private final OpenDirectory directory;

    PosixDirectory(Kernel kernel, NewFiles newFiles, OpenDirectory directory, String path) {
        super(kernel, newFiles, directory.fd(), path, Tree.NodeType.DIRECTORY);
        this.kernel = kernel;
        this.directory = directory;
    }

    @Override
    public boolean setOwner(long uid, long gid) throws IOException {
        directory.look(kernel);
        if (directory.uid() == uid && directory.gid() == gid) {
            return true;
        }
        directory.forget();
        return super.setOwner(uid, gid);
    }

    @Override
    public boolean setMode(int mode) throws IOException {
        directory.forget();
        return super.setMode(mode);
    }

    @Override
    public void close() {
        // not this
    }
}
