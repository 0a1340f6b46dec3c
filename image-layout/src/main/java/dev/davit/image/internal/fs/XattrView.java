package dev.davit.image.internal.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The extended attributes of ordinary users, which is what this view of the JDK shows on Linux. */
final class XattrView implements UserDefinedFileAttributeView {
    static final String NAME = "user";
    private static final String PREFIX = "user.";

    private final AttributeView.Reading file;

    XattrView(AttributeView.Reading file) {
        this.file = file;
    }

    static Map<String, byte[]> of(Map<String, byte[]> all) {
        Map<String, byte[]> users = new TreeMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                users.put(name.substring(PREFIX.length()), value.clone());
            }
        });
        return users;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> list() throws IOException {
        return new ArrayList<>(of(file.read().xattrs()).keySet());
    }

    @Override
    public int size(String name) throws IOException {
        return value(name).length;
    }

    @Override
    public int read(String name, ByteBuffer target) throws IOException {
        byte[] value = value(name);
        if (value.length > target.remaining()) {
            throw new FileSystemException(
                    name, null, "expected room for " + value.length + " bytes, got " + target.remaining());
        }
        target.put(value);
        return value.length;
    }

    private byte[] value(String name) throws IOException {
        byte[] value = of(file.read().xattrs()).get(name);
        if (value == null) {
            throw new FileSystemException(name, null, "no such extended attribute");
        }
        return value;
    }

    @Override
    public int write(String name, ByteBuffer source) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void delete(String name) {
        throw new ReadOnlyFileSystemException();
    }
}
