package dev.davit.cri;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The socket file of a runtime. Who can write to it can do with the node whatever root can.
 *
 * @param path where it is
 * @param owner who owns it, by name where the name is known
 * @param group the group that it belongs to, by name where the name is known
 * @param permissions who may do what; to connect is to write
 */
public record CriSocket(Path path, String owner, String group, Set<PosixFilePermission> permissions) {
    /** Copies the set. */
    public CriSocket {
        permissions = Set.copyOf(permissions);
    }

    /** {@return whether everybody on the node can connect} */
    public boolean isOpenToAll() {
        return permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /** {@return path, owner, group and permissions, as in {@code /run/x.sock (root:root rw-rw----)}} */
    @Override
    public String toString() {
        return path + " (" + owner + ":" + group + " " + PosixFilePermissions.toString(permissions) + ")";
    }
}
