package dev.davit.image.internal.unpack;

import static dev.davit.image.internal.unpack.LinuxCalls.AT_EMPTY_PATH;
import static dev.davit.image.internal.unpack.LinuxCalls.AT_FDCWD;
import static dev.davit.image.internal.unpack.LinuxCalls.AT_SYMLINK_NOFOLLOW;
import static dev.davit.image.internal.unpack.LinuxCalls.O_CLOEXEC;
import static dev.davit.image.internal.unpack.LinuxCalls.O_PATH;
import static dev.davit.image.internal.unpack.LinuxCalls.SEEK_CUR;

import dev.davit.image.internal.Names;
import dev.davit.image.internal.unpack.Tree.Node;
import dev.davit.oci.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Linux that unpacking makes, as methods. Each names one element in an open directory, so that nothing is
 * looked up along a path that another process may change; what has no such call takes an open file through {@code
 * /proc/self/fd}, whose links lead to the file itself and not to its name. Failures are the exceptions that {@code
 * java.nio.file} throws for them. For one thread.
 */
final class Kernel {
    /** No value of an extended attribute is longer. */
    static final int MAX_XATTR = 64 * 1024;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int PATH_BYTES = 4096;

    private static final int NAME = 64;
    private static final int OTHER_NAME = NAME + PATH_BYTES + 64;
    private static final int STRUCT = OTHER_NAME + PATH_BYTES + 64;
    private static final int DATA = STRUCT + 512;
    private static final int DATA_BYTES = 128 * 1024;

    private final LinuxCalls numbers;
    private final SystemCall system = new SystemCall(DATA + DATA_BYTES);
    private final ByteBuffer memory = system.memory();

    private Kernel(LinuxCalls numbers) {
        this.numbers = numbers;
    }

    /** {@return the kernel, or null if this JVM cannot call it} */
    static @Nullable Kernel get() {
        LinuxCalls numbers =
                SystemCall.isAvailable() ? LinuxCalls.of(Platform.host().architecture()) : null;
        return numbers == null ? null : new Kernel(numbers);
    }

    /** {@return the directory, to look things up in} */
    int openDirectory(int in, String name, String path) throws IOException {
        int flags = O_PATH | numbers.directory() | numbers.noFollow() | O_CLOEXEC;
        return open(in, name, flags, 0, path);
    }

    /** {@return whatever is there, to set its attributes} */
    int openNode(int in, String name, String path) throws IOException {
        return open(in, name, O_PATH | numbers.noFollow() | O_CLOEXEC, 0, path);
    }

    /** {@return a file that is there, to read} */
    int openFile(int in, String name, String path) throws IOException {
        return open(in, name, numbers.noFollow() | O_CLOEXEC, 0, path);
    }

    /**
     * {@return a new file, to write to}
     *
     * @param path its path, whose last element is its name
     */
    int createFile(int in, String path, int mode) throws IOException {
        int flags = LinuxCalls.O_WRONLY | LinuxCalls.O_CREAT | LinuxCalls.O_EXCL | numbers.noFollow() | O_CLOEXEC;
        return (int) checked(path, system.call(numbers.openat(), in, lastName(path), flags, mode, 0));
    }

    private int open(int in, String name, int flags, int mode, String path) throws IOException {
        return (int) checked(path, system.call(numbers.openat(), in, name(name), flags, mode, 0));
    }

    /** {@return 0, or the negative error number: some file systems say only now that there was no space to write} */
    long close(int fd) {
        return system.callOnce(numbers.close(), fd, 0, 0, 0, 0);
    }

    /** {@return what is there, or null} */
    @Nullable
    Node stat(int in, String name, String path) throws IOException {
        long result = statx(in, name, AT_SYMLINK_NOFOLLOW);
        if (result == -Errno.ENOENT) {
            return null;
        }
        checked(path, result);
        return node();
    }

    /** {@return what an open file is} */
    Node stat(int fd, String path) throws IOException {
        checked(path, statx(fd, "", AT_EMPTY_PATH));
        return node();
    }

    /** {@return what an open file is, found through {@code /proc}} */
    Node statThroughProc(int fd) throws IOException {
        checked("/proc", statx(AT_FDCWD, proc(fd), 0));
        return node();
    }

    private long statx(int in, String name, int flags) throws IOException {
        return system.call(numbers.statx(), in, name(name), flags, STATX_BASIC_STATS, system.address(STRUCT));
    }

    private Node node() {
        return Node.of(memory.getShort(STRUCT + 28), memory.getLong(STRUCT + 112), memory.getInt(STRUCT + 120));
    }

    /** {@return the type and mode of the last {@code stat}, as {@code mknod} wants them} */
    int format() {
        return Short.toUnsignedInt(memory.getShort(STRUCT + 28));
    }

    long deviceMajor() {
        return Integer.toUnsignedLong(memory.getInt(STRUCT + 128));
    }

    long deviceMinor() {
        return Integer.toUnsignedLong(memory.getInt(STRUCT + 132));
    }

    /** {@return the user of the last {@code stat}} */
    long uid() {
        return Integer.toUnsignedLong(memory.getInt(STRUCT + 20));
    }

    /** {@return the group of the last {@code stat}} */
    long gid() {
        return Integer.toUnsignedLong(memory.getInt(STRUCT + 24));
    }

    String readLink(int in, String name, String path) throws IOException {
        int length = (int)
                checked(path, system.call(numbers.readlinkat(), in, name(name), system.address(DATA), DATA_BYTES, 0));
        return text(DATA, length);
    }

    /** {@return the names in a directory, without dots} */
    List<String> list(int in, String name, String path) throws IOException {
        int fd = open(in, name, numbers.directory() | numbers.noFollow() | O_CLOEXEC, 0, path);
        try {
            List<String> names = new ArrayList<>();
            while (true) {
                long read =
                        checked(path, system.call(numbers.getdents64(), fd, system.address(DATA), DATA_BYTES, 0, 0));
                if (read == 0) {
                    return names;
                }
                for (int at = DATA; at < DATA + read; at += Short.toUnsignedInt(memory.getShort(at + 16))) {
                    String child = textToNul(at + 19);
                    if (!child.equals(".") && !child.equals("..")) {
                        names.add(child);
                    }
                }
            }
        } finally {
            close(fd);
        }
    }

    void makeDirectory(int in, String name, int mode, String path) throws IOException {
        checked(path, system.call(numbers.mkdirat(), in, name(name), mode, 0, 0));
    }

    /** {@return 0, or the negative error number} */
    long makeNode(int in, String name, int mode, long major, long minor) throws IOException {
        long device = (minor & 0xff) | (major << 8) | ((minor & ~0xffL) << 12);
        return system.call(numbers.mknodat(), in, name(name), mode, device, 0);
    }

    void makeSymlink(String target, int in, String name, String path) throws IOException {
        checked(path, system.call(numbers.symlinkat(), name(OTHER_NAME, target), in, name(name), 0, 0));
    }

    void makeHardLink(int fromIn, String from, int in, String name, String path) throws IOException {
        checked(path, system.call(numbers.linkat(), fromIn, name(OTHER_NAME, from), in, name(name), 0));
    }

    void remove(int in, String name, boolean directory, String path) throws IOException {
        int flags = directory ? LinuxCalls.AT_REMOVEDIR : 0;
        checked(path, system.call(numbers.unlinkat(), in, name(name), flags, 0, 0));
    }

    void write(int fd, byte[] bytes, int offset, int length, String path) throws IOException {
        int done = 0;
        while (done < length) {
            if (Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
            }
            int n = Math.min(length - done, DATA_BYTES);
            memory.put(DATA, bytes, offset + done, n);
            done += (int) checked(path, system.call(numbers.write(), fd, system.address(DATA), n, 0, 0));
        }
    }

    /** Copies what is left to read of one file to another. */
    void copy(int from, int to, String path) throws IOException {
        for (long n = readOnce(from, path); n > 0; n = readOnce(from, path)) {
            for (long done = 0; done < n; ) {
                done += checked(
                        path, system.call(numbers.write(), to, system.address((int) (DATA + done)), n - done, 0, 0));
            }
        }
    }

    private long readOnce(int fd, String path) throws IOException {
        return checked(path, system.call(numbers.read(), fd, system.address(DATA), DATA_BYTES, 0, 0));
    }

    /** Moves on without writing. */
    void skip(int fd, long length, String path) throws IOException {
        checked(path, system.call(numbers.lseek(), fd, length, SEEK_CUR, 0, 0));
    }

    /** Ends a file where it was written or skipped to. */
    void end(int fd, String path) throws IOException {
        long length = checked(path, system.call(numbers.lseek(), fd, 0, SEEK_CUR, 0, 0));
        checked(path, system.call(numbers.ftruncate(), fd, length, 0, 0, 0));
    }

    /** {@return 0, or the negative error number} */
    long setOwner(int fd, long uid, long gid) throws IOException {
        return system.call(numbers.fchownat(), fd, name(""), uid, gid, AT_EMPTY_PATH);
    }

    /** Sets the mode of a file that is open to write, or of anything but a link that is open to look at. */
    void setMode(int fd, boolean toWrite, int mode, String path) throws IOException {
        checked(
                path,
                toWrite
                        ? system.call(numbers.fchmod(), fd, mode, 0, 0, 0)
                        : system.call(numbers.fchmodat(), AT_FDCWD, name(proc(fd)), mode, 0, 0));
    }

    /** Sets the time of the last change, and of the last access with it. */
    void setTime(int fd, boolean toWrite, long seconds, int nanos, String path) throws IOException {
        for (int at = STRUCT; at < STRUCT + 32; at += 16) {
            memory.putLong(at, seconds);
            memory.putLong(at + 8, nanos);
        }
        checked(
                path,
                toWrite
                        ? system.call(numbers.utimensat(), fd, 0, system.address(STRUCT), 0, 0)
                        : system.call(numbers.utimensat(), AT_FDCWD, name(proc(fd)), system.address(STRUCT), 0, 0));
    }

    /** {@return 0, or the negative error number} */
    long setXattr(int fd, boolean toWrite, String name, byte[] value) throws IOException {
        memory.put(DATA, value);
        long attribute = name(OTHER_NAME, name);
        long data = system.address(DATA);
        return toWrite
                ? system.call(numbers.fsetxattr(), fd, attribute, data, value.length, 0)
                : system.call(numbers.setxattr(), name(proc(fd)), attribute, data, value.length, 0);
    }

    /** {@return the names of all extended attributes; none where there are none} */
    List<String> xattrs(int fd) throws IOException {
        long read = system.call(numbers.listxattr(), name(proc(fd)), system.address(DATA), DATA_BYTES, 0, 0);
        List<String> names = new ArrayList<>();
        for (int at = DATA; at < DATA + read; ) {
            int length = lengthToNul(at);
            names.add(text(at, length));
            at += length + 1;
        }
        return names;
    }

    /** {@return the value of an extended attribute} */
    byte[] xattr(int fd, String name, String path) throws IOException {
        int length = (int) checked(
                path,
                system.call(
                        numbers.getxattr(),
                        name(proc(fd)),
                        name(OTHER_NAME, name),
                        system.address(DATA),
                        DATA_BYTES,
                        0));
        byte[] value = new byte[length];
        memory.get(DATA, value);
        return value;
    }

    /** Takes an extended attribute away; some belong to the system, which keeps them. */
    void removeXattr(int fd, String name) throws IOException {
        system.call(numbers.removexattr(), name(proc(fd)), name(OTHER_NAME, name), 0, 0, 0);
    }

    private static String proc(int fd) {
        return "/proc/self/fd/" + fd;
    }

    static long checked(String path, long result) throws IOException {
        if (result < 0) {
            throw Errno.at(path, (int) -result);
        }
        return result;
    }

    private long name(String name) throws IOException {
        return name(NAME, name);
    }

    /** As {@link #name(String)} of the last element of a path; nearly all are ASCII, and need no copy then. */
    private long lastName(String path) throws IOException {
        int from = path.lastIndexOf('/') + 1;
        int length = path.length() - from;
        if (length >= PATH_BYTES) {
            return name(EntryNames.last(path));
        }
        for (int i = 0; i < length; i++) {
            char c = path.charAt(from + i);
            if (c == 0 || c >= 0x80) {
                return name(EntryNames.last(path));
            }
            memory.put(NAME + i, (byte) c);
        }
        memory.put(NAME + length, (byte) 0);
        return system.address(NAME);
    }

    private long name(int at, String name) throws IOException {
        byte[] bytes = Names.encode(name);
        if (bytes.length >= PATH_BYTES || name.indexOf('\0') >= 0) {
            throw new FileSystemException(name, null, "File name too long, or with a NUL");
        }
        memory.put(at, bytes);
        memory.put(at + bytes.length, (byte) 0);
        return system.address(at);
    }

    private String textToNul(int at) {
        return text(at, lengthToNul(at));
    }

    private int lengthToNul(int at) {
        int length = 0;
        while (memory.get(at + length) != 0) {
            length++;
        }
        return length;
    }

    private String text(int at, int length) {
        byte[] bytes = new byte[length];
        memory.get(at, bytes);
        return Names.decode(bytes, 0, length);
    }
}
