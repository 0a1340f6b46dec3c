package dev.davit.image.internal.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attributes that {@code java.nio.file} can set, of whatever is at a path now. */
class NioHandle implements Tree.Handle {
    static final String USER = "user.";
    private static final int SET_ID = 06000;

    private final Path file;

    NioHandle(Path file) {
        this.file = file;
    }

    @Override
    public boolean setOwner(long uid, long gid) throws IOException {
        try {
            // the system takes 32 bits without sign
            Files.setAttribute(file, "unix:gid", (int) gid, NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:uid", (int) uid, NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            return hasOwner(uid, gid);
        }
    }

    private boolean hasOwner(long uid, long gid) throws IOException {
        return Files.getAttribute(file, "unix:uid", NOFOLLOW_LINKS).equals((int) uid)
                && Files.getAttribute(file, "unix:gid", NOFOLLOW_LINKS).equals((int) gid);
    }

    /** The system leaves setgid out, without a word, for a group that the user is not in. */
    @Override
    public boolean setMode(int mode) throws IOException {
        Files.setAttribute(file, "unix:mode", mode, NOFOLLOW_LINKS);
        return (mode & SET_ID) == 0 || ((int) Files.getAttribute(file, "unix:mode", NOFOLLOW_LINKS) & 07777) == mode;
    }

    @Override
    public boolean setTime(long seconds, int nanos) throws IOException {
        // with a fraction, Java sets 1970-01-01 for any time before that
        boolean rounded = seconds < 0 && nanos != 0;
        FileTime time = FileTime.from(Instant.ofEpochSecond(seconds, rounded ? 0 : nanos));
        BasicFileAttributeView view = Files.getFileAttributeView(file, BasicFileAttributeView.class, NOFOLLOW_LINKS);
        view.setTimes(time, time, null);
        if (rounded) {
            return false;
        }
        // Java rounds the time of links to microseconds before JDK 25, and file systems end in different centuries
        boolean plain = nanos % 1000 == 0 && seconds == (int) seconds;
        return plain || view.readAttributes().lastModifiedTime().equals(time);
    }

    /** Java writes every attribute below {@code user.}, whatever its name says, so no other name may get there. */
    @Override
    public boolean setXattr(String name, byte[] value) throws IOException {
        UserDefinedFileAttributeView view = xattrs();
        if (view == null || !name.startsWith(USER) || name.length() == USER.length()) {
            return false;
        }
        try {
            view.write(name.substring(USER.length()), ByteBuffer.wrap(value));
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            return false;
        }
    }

    @Override
    public void clearXattrs() throws IOException {
        UserDefinedFileAttributeView view = xattrs();
        if (view == null) {
            return;
        }
        List<String> names;
        try {
            names = view.list();
        } catch (FileSystemException e) {
            // a file system without extended attributes
            return;
        }
        for (String name : names) {
            view.delete(name);
        }
    }

    private @Nullable UserDefinedFileAttributeView xattrs() {
        return Files.getFileAttributeView(file, UserDefinedFileAttributeView.class, NOFOLLOW_LINKS);
    }

    @Override
    public void close() throws IOException {
        // a path holds nothing open
    }
}
