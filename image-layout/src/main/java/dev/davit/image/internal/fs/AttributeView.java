package dev.davit.image.internal.fs;

import java.io.IOException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The views {@code basic}, {@code owner} and {@code posix} of one file. */
final class AttributeView implements PosixFileAttributeView {
    private final String name;
    private final Reading file;

    /** Finds the file and reads what it has. */
    interface Reading {
        ImageAttributes read() throws IOException;
    }

    AttributeView(String name, Reading file) {
        this.name = name;
        this.file = file;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ImageAttributes readAttributes() throws IOException {
        return file.read();
    }

    @Override
    public UserPrincipal getOwner() throws IOException {
        return file.read().owner();
    }

    @Override
    public void setTimes(@Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> permissions) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void setGroup(GroupPrincipal group) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void setOwner(UserPrincipal owner) {
        throw new ReadOnlyFileSystemException();
    }
}
