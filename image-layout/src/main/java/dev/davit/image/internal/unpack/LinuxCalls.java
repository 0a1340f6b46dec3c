package dev.davit.image.internal.unpack;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the Linux kernel that differ between architectures. x86-64 has a table of calls of its own; aarch64
 * has the generic one, and four flags of {@code open} in another order.
 */
record LinuxCalls(
        int read,
        int write,
        int close,
        int lseek,
        int ftruncate,
        int getdents64,
        int openat,
        int mkdirat,
        int mknodat,
        int unlinkat,
        int symlinkat,
        int linkat,
        int readlinkat,
        int fchmod,
        int fchmodat,
        int fchownat,
        int utimensat,
        int statx,
        int setxattr,
        int fsetxattr,
        int getxattr,
        int listxattr,
        int removexattr,
        int directory,
        int noFollow) {
    // the same everywhere
    static final int O_WRONLY = 1;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_CLOEXEC = 02000000;
    static final int O_PATH = 010000000;
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int SEEK_CUR = 1;

    private static final LinuxCalls X86_64 = new LinuxCalls(
            0, 1, 3, 8, 77, 217, 257, 258, 259, 263, 266, 265, 267, 91, 268, 260, 280, 332, 188, 190, 191, 194, 197,
            0200000, 0400000);
    private static final LinuxCalls AARCH64 = new LinuxCalls(
            63, 64, 57, 62, 46, 61, 56, 34, 33, 35, 36, 37, 78, 52, 53, 54, 88, 291, 5, 7, 8, 11, 14, 040000, 0100000);
    private static final Map<String, LinuxCalls> BY_ARCHITECTURE = Map.of("amd64", X86_64, "arm64", AARCH64);

    /** {@return the numbers of an architecture, as images name it; null for one whose numbers are not here} */
    static @Nullable LinuxCalls of(String architecture) {
        return BY_ARCHITECTURE.get(architecture);
    }

    static boolean knows(String architecture) {
        return BY_ARCHITECTURE.containsKey(architecture);
    }
}
