package dev.davit.image.internal.unpack;

import java.io.IOException;

/** A directory that is open, and what is known of it. For one thread. */
final class OpenDirectory {
    private final int fd;
    private boolean isKnown;
    private long uid;
    private long gid;
    private int mode;

    OpenDirectory(int fd) {
        this.fd = fd;
    }

    int fd() {
        return fd;
    }

    /** Finds out owner and mode, if they are not known. */
    void look(Kernel kernel) throws IOException {
        if (!isKnown) {
            mode = kernel.stat(fd, "").mode();
            uid = kernel.uid();
            gid = kernel.gid();
            isKnown = true;
        }
    }

    /** Owner or mode are about to change. */
    void forget() {
        isKnown = false;
    }

    // known since the last look

    long uid() {
        return uid;
    }

    long gid() {
        return gid;
    }

    int mode() {
        return mode;
    }
}
