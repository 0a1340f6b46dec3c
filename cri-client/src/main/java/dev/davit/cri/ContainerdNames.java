package dev.davit.cri;

import dev.davit.cri.internal.containerd.CreateImageRequest;
import dev.davit.cri.internal.containerd.DeleteImageRequest;
import dev.davit.cri.internal.containerd.GetImageRequest;
import dev.davit.cri.internal.containerd.Image;
import dev.davit.cri.internal.containerd.ImageFields;
import dev.davit.cri.internal.containerd.ImagesGrpc;
import dev.davit.cri.internal.containerd.ListImagesRequest;
import dev.davit.cri.internal.containerd.Target;
import dev.davit.cri.internal.containerd.UpdateImageRequest;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Reference;
import dev.davit.oci.internal.Text;
import java.util.List;
import java.util.Optional;

/** The names of images in containerd. Thread-safe. */
final class ContainerdNames {
    private final Wire wire;

    /**
     * Uses a connection.
     *
     * @param wire all its calls name the namespace
     */
    ContainerdNames(Wire wire) {
        this.wire = wire;
    }

    /** {@return a reference as containerd keeps it, with host and tag} */
    String whole(String name) {
        return Reference.parse(name).toString();
    }

    List<ContainerdImage> list() {
        return wire
                .call("list images of containerd", ImagesGrpc.getListMethod(), ListImagesRequest.getDefaultInstance())
                .getImagesList()
                .stream()
                .map(ContainerdNames::image)
                .toList();
    }

    /**
     * Finds an image.
     *
     * @param name its name as it is in containerd, a reference that stands for that, or the digest of its manifest
     */
    Optional<ContainerdImage> find(String name) {
        return get(name).or(() -> isDigest(name) ? byDigest(name) : get(whole(name)));
    }

    private static boolean isDigest(String name) {
        try {
            Digest.parse(name);
            return true;
        } catch (MalformedContentException e) {
            return false;
        }
    }

    private Optional<ContainerdImage> byDigest(String digest) {
        return list().stream()
                .filter(image -> image.target().digest().toString().equals(digest))
                .findFirst();
    }

    private Optional<ContainerdImage> get(String name) {
        GetImageRequest request = GetImageRequest.newBuilder().setName(name).build();
        try {
            return Optional.of(image(wire.call(
                            "look for image " + Text.plain(name) + " of containerd", ImagesGrpc.getGetMethod(), request)
                    .getImage()));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    private static ContainerdImage image(Image image) {
        Target target = image.getTarget();
        return new ContainerdImage(
                image.getName(),
                Descriptor.of(new MediaType(target.getMediaType()), Digest.parse(target.getDigest()), target.getSize()),
                image.getLabelsMap());
    }

    /** Gives content a name, and takes it from what has it. */
    void set(String name, Descriptor descriptor) {
        Image image = Image.newBuilder()
                .setName(name)
                .setTarget(Target.newBuilder()
                        .setMediaType(descriptor.mediaType().toString())
                        .setDigest(descriptor.digest().toString())
                        .setSize(descriptor.size()))
                .build();
        String action = "name " + descriptor.digest() + " " + name + " in containerd";
        try {
            wire.call(
                    action,
                    ImagesGrpc.getCreateMethod(),
                    CreateImageRequest.newBuilder().setImage(image).build());
        } catch (CriException e) {
            if (e.code() != CriException.Code.ALREADY_EXISTS) {
                throw e;
            }
            UpdateImageRequest update = UpdateImageRequest.newBuilder()
                    .setImage(image)
                    .setUpdateMask(ImageFields.newBuilder().addPaths("target"))
                    .build();
            wire.call(action, ImagesGrpc.getUpdateMethod(), update);
        }
    }

    /** Removes a name. */
    void remove(String name) {
        DeleteImageRequest request =
                DeleteImageRequest.newBuilder().setName(name).build();
        wire.call("remove the name " + Text.plain(name) + " in containerd", ImagesGrpc.getDeleteMethod(), request);
    }
}
