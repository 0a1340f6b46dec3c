package dev.davit.cri;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.Target;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.Text;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What containerd does with images and the Container Runtime Interface has no calls for: images come and go without a
 * registry, and have their names changed. It is done through the services of containerd itself, on the same socket, in the
 * namespace {@code k8s.io}, which is that of Kubernetes: what is loaded here can be run, and what was pulled be exported.
 *
 * <pre>{@code
 * cri.containerd().load(image, "example.org/acme/web:1");
 * pod.start(ContainerSpec.of("web", "example.org/acme/web:1"));
 * }</pre>
 *
 * <p>All calls throw {@link NotContainerdException} if the runtime is another one. Thread-safe; lives as long as its client.
 */
public final class ContainerdImages {
    private static final String NAMESPACE_HEADER = "containerd-namespace";
    private static final String KUBERNETES = "k8s.io";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_MILLIS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    private final Wire wire;
    private final CriImages images;
    private final ContainerdNames names;

    ContainerdImages(Wire wire, CriImages images) {
        this.wire = wire.with(NAMESPACE_HEADER, KUBERNETES);
        this.images = images;
        this.names = new ContainerdNames(this.wire);
    }

    /**
     * Gives the node an image of ours. Content that it has already is not sent again.
     *
     * @param image the image, whose layers can be read
     * @param name its name on the node, a reference; what has that name loses it
     * @return the image, as pods can use it now
     * @throws dev.davit.oci.IntegrityException if a layer does not have its digest
     * @throws dev.davit.oci.MalformedContentException if the name is no reference
     * @throws CriException if containerd fails, or cannot use the image on this node
     */
    public NodeImage load(Image image, String name) {
        return load(image.content(), image.descriptor(), name, Copier.create());
    }

    /**
     * Gives the node what is somewhere: an image, or an index with images for many platforms.
     *
     * @param from where it is
     * @param root the manifest or index
     * @param name its name on the node, a reference; what has that name loses it
     * @param how how to copy: for one platform or all, who watches
     * @return the image for the platform of the node, as pods can use it now
     * @throws dev.davit.oci.IntegrityException if content does not have its digest
     * @throws dev.davit.oci.MalformedContentException if the name is no reference, or a document breaks its rules
     * @throws CriException if containerd fails, or cannot use the image on this node
     */
    public NodeImage load(ContentSource from, Descriptor root, String name, Copier how) {
        String whole = names.whole(name);
        try (ContainerdStore store = open()) {
            how.copy(from, root, store, whole);
            return seen(whole, store.configs());
        }
    }

    /** Waits until the half of containerd that speaks CRI has heard of an image: it is told a little later. */
    private NodeImage seen(String name, Set<Digest> ids) {
        long deadline = System.nanoTime() + SOON.toNanos();
        for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
            Optional<NodeImage> image = images.status(name)
                    .filter(found -> ids.stream().anyMatch(id -> id.toString().equals(found.id())));
            if (image.isPresent()) {
                return image.get();
            }
            if (System.nanoTime() > deadline) {
                throw new CriException(
                        CriException.Code.FAILED_PRECONDITION,
                        "image " + name + " was loaded, but this node cannot use it: is it for another platform?",
                        null);
            }
            Wire.sleep(pause, "wait for image " + name);
        }
    }

    /**
     * Copies an image from the node.
     *
     * @param name its name, or the digest of its manifest
     * @param to where it goes
     * @param newName its name there
     * @param how how to copy: a node that has pulled an image has mostly the part for its own platform alone
     * @return descriptor of what was copied
     * @throws NotFoundException if there is no such image, or a part of it is not on the node
     * @throws dev.davit.oci.IntegrityException if what the node has is damaged
     * @throws dev.davit.oci.DavitException if a side fails
     */
    public Descriptor export(String name, Target to, String newName, Copier how) {
        try (ContainerdStore store = open()) {
            return how.copy(store, name, to, newName);
        }
    }

    /**
     * Gives an image one more name. What has that name loses it.
     *
     * @param image a name of the image, or the digest of its manifest
     * @param name the new name, a reference
     * @throws NotFoundException if there is no such image
     * @throws dev.davit.oci.MalformedContentException if the name is no reference
     * @throws CriException if containerd fails
     */
    public void tag(String image, String name) {
        String whole = names.whole(name);
        withDoor(() -> {
            names.set(whole, required(image).target());
            return whole;
        });
    }

    /**
     * Takes a name from an image: this name alone. The image stays, also without a name, under its ID until {@link
     * CriImages#remove} or the kubelet removes it.
     *
     * @param name the name
     * @throws NotFoundException if there is no such name
     * @throws CriException if containerd fails
     */
    public void untag(String name) {
        withDoor(() -> {
            ContainerdImage image = required(name);
            names.remove(image.name());
            return image;
        });
    }

    private ContainerdImage required(String name) {
        return names.find(name)
                .orElseThrow(() -> new NotFoundException("no image " + Text.quote(name) + " in containerd"));
    }

    /**
     * Lists all names of images, with the digests that they stand for.
     *
     * @return all of them, those that are IDs included, in the order of containerd
     * @throws CriException if containerd fails
     */
    public List<ContainerdImage> list() {
        return withDoor(names::list);
    }

    /**
     * Opens the images of the node as a place to copy from and to.
     *
     * @return the place, to be closed by the caller
     * @throws CriException if containerd fails
     */
    public ContainerdStore open() {
        return withDoor(() -> new ContainerdStore(wire, names));
    }

    private <T> T withDoor(Supplier<T> call) {
        try {
            return call.get();
        } catch (CriException e) {
            if (e.code() != CriException.Code.UNIMPLEMENTED) {
                throw e;
            }
            throw new NotContainerdException(
                    "the runtime at " + wire + " is not containerd: it has no calls to load, export and name images",
                    e);
        }
    }
}
