package dev.davit.cri;

import java.nio.file.Path;

/**
 * A device of the node inside a container.
 *
 * @param source the device on the node
 * @param destination an absolute path in the container
 * @param permissions what the container may do with it: letters of {@code rwm}, for read, write and make
 */
public record Device(Path source, String destination, String permissions) {
    /** Checks the permissions. */
    public Device {
        if (!permissions.matches("[rwm]{1,3}")) {
            throw new IllegalArgumentException("device: expected permissions of r, w and m, got " + permissions);
        }
    }

    dev.davit.cri.raw.Device raw() {
        return dev.davit.cri.raw.Device.newBuilder()
                .setHostPath(source.toString())
                .setContainerPath(destination)
                .setPermissions(permissions)
                .build();
    }
}
