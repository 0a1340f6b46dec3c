package dev.davit.cri;

import dev.davit.cri.raw.MountPropagation;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A folder or file of the node, or an image, inside a container.
 *
 * <pre>{@code
 * ContainerSpec.of("web", image)
 *         .mount(Mount.of(Path.of("/srv/www"), "/www").recursivelyReadOnly())
 *         .mount(Mount.ofImage("registry.example/acme/models:3", "/models"));
 * }</pre>
 *
 * <p>The container can write to it unless something else is said. Immutable: each method that sets something returns a new
 * mount.
 */
public final class Mount {
    private final dev.davit.cri.raw.Mount raw;

    private Mount(dev.davit.cri.raw.Mount raw) {
        this.raw = raw;
    }

    static Mount of(dev.davit.cri.raw.Mount raw) {
        return new Mount(raw);
    }

    /** What becomes visible on the other side when something is mounted below. */
    public enum Propagation {
        /** Nothing. */
        PRIVATE,
        /** The container sees what the node mounts; {@code rslave} in mount(8). */
        HOST_TO_CONTAINER,
        /** Both see what the other one mounts; {@code rshared} in mount(8). Only for privileged containers. */
        BIDIRECTIONAL
    }

    /**
     * Mounts a folder or file of the node.
     *
     * @param source the folder or file; runtimes may make an empty folder if there is nothing
     * @param destination an absolute path in the container
     * @return a mount
     */
    public static Mount of(Path source, String destination) {
        return new Mount(dev.davit.cri.raw.Mount.newBuilder()
                .setHostPath(source.toAbsolutePath().toString())
                .setContainerPath(destination)
                .build());
    }

    /**
     * Mounts the files of an image, read-only. Runtimes can do that since containerd 2.1.
     *
     * @param image a reference or an ID of an image that is on the node
     * @param destination an absolute path in the container
     * @return a mount
     */
    public static Mount ofImage(String image, String destination) {
        dev.davit.cri.raw.Mount.Builder raw = dev.davit.cri.raw.Mount.newBuilder()
                .setContainerPath(destination)
                .setReadonly(true);
        raw.getImageBuilder().setImage(image).setUserSpecifiedImage(image);
        return new Mount(raw.build());
    }

    /**
     * Takes a folder of the image instead of all of it. Runtimes can do that since containerd 2.2; 2.1 takes all of it.
     *
     * @param folder a relative path in the image
     * @return a new mount
     */
    public Mount imageSubPath(String folder) {
        return with(mount -> mount.setImageSubPath(folder));
    }

    /** {@return a mount that the container can only read; it may write to what is mounted below} */
    public Mount readOnly() {
        return with(mount -> mount.setReadonly(true));
    }

    /**
     * Lets the container only read, also what is mounted below. Runtimes can do that since containerd 2.0: see {@link
     * RuntimeStatus.Handler#recursiveReadOnlyMounts}. Those that cannot would ignore it, and so no container is created.
     *
     * @return a new mount, which is private
     */
    public Mount recursivelyReadOnly() {
        return with(mount -> mount.setReadonly(true)
                .setRecursiveReadOnly(true)
                .setPropagation(MountPropagation.PROPAGATION_PRIVATE));
    }

    /**
     * Says what becomes visible on the other side when something is mounted below.
     *
     * @param propagation private unless set
     * @return a new mount
     */
    public Mount propagation(Propagation propagation) {
        MountPropagation mode = switch (propagation) {
            case PRIVATE -> MountPropagation.PROPAGATION_PRIVATE;
            case HOST_TO_CONTAINER -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
            case BIDIRECTIONAL -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
        };
        return with(mount -> mount.setPropagation(mode));
    }

    /** {@return a mount whose files get the SELinux label of the container} */
    public Mount selinuxRelabel() {
        return with(mount -> mount.setSelinuxRelabel(true));
    }

    /**
     * Maps the owners of files, for a pod with a user namespace.
     *
     * @param uids ranges of user IDs
     * @param gids ranges of group IDs
     * @return a new mount
     */
    public Mount idMappings(List<IdMapping> uids, List<IdMapping> gids) {
        return with(mount -> mount.clearUidMappings()
                .clearGidMappings()
                .addAllUidMappings(IdMapping.raw(uids))
                .addAllGidMappings(IdMapping.raw(gids)));
    }

    /**
     * Sets options of mount(8) beside those that have a method here. Runtimes heed them that have the feature {@link
     * RuntimeStatus.Feature#MOUNT_OPTIONS}.
     *
     * @param options the options, which replace earlier ones
     * @return a new mount
     */
    public Mount options(String... options) {
        return with(mount -> mount.clearMountOptions().addAllMountOptions(List.of(options)));
    }

    /** {@return where it is in the container} */
    public String destination() {
        return raw.getContainerPath();
    }

    /** {@return the folder or file of the node, or the image} */
    public String source() {
        return raw.hasImage() ? raw.getImage().getImage() : raw.getHostPath();
    }

    /** {@return whether the container can only read it} */
    public boolean isReadOnly() {
        return raw.getReadonly();
    }

    dev.davit.cri.raw.Mount raw() {
        return raw;
    }

    private Mount with(Consumer<dev.davit.cri.raw.Mount.Builder> edit) {
        dev.davit.cri.raw.Mount.Builder copy = raw.toBuilder();
        edit.accept(copy);
        return new Mount(copy.build());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mount mount && mount.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return source and destination} */
    @Override
    public String toString() {
        return source() + " at " + destination() + (isReadOnly() ? " (read-only)" : "");
    }
}
