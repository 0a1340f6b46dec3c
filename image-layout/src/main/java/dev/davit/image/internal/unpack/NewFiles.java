package dev.davit.image.internal.unpack;

import java.io.IOException;

/**
 * What the system gives to a new file from the start, so that a usual one needs no call for its owner, and none for its
 * mode. Nothing of that is taken for granted; it is read from files that were made:
 *
 * <ul>
 *   <li>Their owner is the user and a group, which is that of the directory where the directory or the file system says
 *       so. It is relied on only in directories with just that owner: there both rules give the same, and nobody else can
 *       change the directory meanwhile.
 *   <li>Their mode is what was asked for, without the bits that the process masks ({@code umask}): so a mode is relied on
 *       if each of its bits has come through before. Where a directory was given a default access list, which rules
 *       instead of the mask, nothing is.
 * </ul>
 *
 * For one tree, and one thread.
 */
final class NewFiles {
    private static final int SET_GID = 02000;
    private static final String ACCESS_LISTS = "system.posix_acl";

    private final Kernel kernel;
    private boolean isUnsure;
    /** Where no directory is its user's, there is nothing to learn. */
    private int tries = 64;

    private boolean isKnown;
    private long uid;
    private long gid;
    /** Bits of modes that were given, and those that were asked for and not given. */
    private int given;

    private int masked;

    NewFiles(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * {@return whether a file that is made in a directory has this owner}
     *
     * @param wantedUid the user, or {@link Owners#UNMAPPED} if every owner will do
     */
    boolean haveOwner(OpenDirectory in, long wantedUid, long wantedGid) throws IOException {
        boolean isRight = isKnown && (wantedUid == Owners.UNMAPPED || (wantedUid == uid && wantedGid == gid));
        return isRight && isUsual(in);
    }

    private boolean isUsual(OpenDirectory in) throws IOException {
        in.look(kernel);
        return !isUnsure && in.uid() == uid && in.gid() == gid;
    }

    /**
     * Learns the owner from a new file, if it is not known yet.
     *
     * @param in where it was made
     */
    void learnOwner(OpenDirectory in, int fd, String path) throws IOException {
        if (isKnown || isUnsure || tries == 0) {
            return;
        }
        tries--;
        kernel.stat(fd, path);
        long fileUid = kernel.uid();
        long fileGid = kernel.gid();
        in.look(kernel);
        if (in.uid() == fileUid && in.gid() == fileGid && (in.mode() & SET_GID) == 0) {
            uid = fileUid;
            gid = fileGid;
            isKnown = true;
        }
    }

    /**
     * {@return whether a file that was made with a mode has it}
     *
     * @param fd the file, which {@link #haveOwner} was true of
     */
    boolean haveMode(int fd, int mode, String path) throws IOException {
        if ((mode & ~given) == 0) {
            return true;
        }
        if ((mode & masked) != 0) {
            return false;
        }
        int actual = kernel.stat(fd, path).mode();
        given |= actual & mode;
        masked |= mode & ~actual;
        return actual == mode;
    }

    /** An extended attribute is set on something. */
    void note(String xattr) {
        isUnsure |= xattr.startsWith(ACCESS_LISTS);
    }
}
