package dev.davit.cri;

import dev.davit.cri.raw.AuthConfig;
import dev.davit.cri.raw.ImageFsInfoRequest;
import dev.davit.cri.raw.ImageFsInfoResponse;
import dev.davit.cri.raw.ImageServiceGrpc;
import dev.davit.cri.raw.ImageSpec;
import dev.davit.cri.raw.ImageStatusRequest;
import dev.davit.cri.raw.ImageStatusResponse;
import dev.davit.cri.raw.ListImagesRequest;
import dev.davit.cri.raw.PullImageRequest;
import dev.davit.cri.raw.RemoveImageRequest;
import dev.davit.cri.raw.StreamImagesRequest;
import dev.davit.cri.raw.StreamImagesResponse;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Reference;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.internal.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The images on the node. Thread-safe; lives as long as its client. */
public final class CriImages {
    /** Runtimes have no status code for this either. */
    private static final Pattern REFUSED =
            Pattern.compile("(?i): 40[13] (?:unauthorized|forbidden)|\\bunauthorized: |authorization failed"
                    + "|authentication required|access denied|no basic auth credentials|insufficient_scope");

    private final Wire wire;
    private final CredentialSource credentials;

    CriImages(Wire wire, CredentialSource credentials) {
        this.wire = wire;
        this.credentials = credentials;
    }

    /**
     * Lets the node fetch an image from its registry, with the credentials that the client finds for it. Asks the
     * registry even if the node has an image of this name. Takes as long as it takes; an interrupt gives up.
     *
     * @param reference name of the image
     * @return the image, as it is on the node now
     * @throws MalformedContentException if that is no reference
     * @throws ImageNotFoundException if the registry does not have it
     * @throws UnauthorizedException if the registry wants other credentials
     * @throws CriException if it cannot be pulled: the registry cannot be reached, the disk is full, ...
     */
    public NodeImage pull(String reference) {
        Reference parsed = Reference.parse(reference);
        return pull(
                parsed,
                credentials.credentialsFor(parsed.host(), parsed.repository()).orElse(null));
    }

    /**
     * Lets the node fetch an image from its registry, as {@link #pull(String)}, with these credentials.
     *
     * @param reference name of the image
     * @param login the credentials, which go to the registry of the reference alone
     * @return the image, as it is on the node now
     * @throws MalformedContentException if that is no reference
     * @throws ImageNotFoundException if the registry does not have it
     * @throws UnauthorizedException if the registry wants other credentials
     * @throws CriException if it cannot be pulled: the registry cannot be reached, the disk is full, ...
     */
    public NodeImage pull(String reference, Credentials login) {
        return pull(Reference.parse(reference), login);
    }

    private NodeImage pull(Reference reference, @Nullable Credentials login) {
        PullImageRequest.Builder request = PullImageRequest.newBuilder().setImage(spec(reference.toString()));
        if (login != null) {
            AuthConfig.Builder auth = AuthConfig.newBuilder().setServerAddress(server(reference));
            request.setAuth(
                    login.isIdentityToken()
                            ? auth.setIdentityToken(login.password())
                            : auth.setUsername(login.username()).setPassword(login.password()));
        }
        String action = "pull image " + reference;
        try {
            String pulled = wire.callWithoutDeadline(action, ImageServiceGrpc.getPullImageMethod(), request.build())
                    .getImageRef();
            return status(pulled)
                    .orElseThrow(() -> new ImageNotFoundException(
                            reference.toString(), "image " + reference + " was pulled, but is gone already", null));
        } catch (NotFoundException e) {
            throw new ImageNotFoundException(reference.toString(), String.valueOf(e.getMessage()), e.getCause());
        } catch (CriException e) {
            String message = String.valueOf(e.getMessage());
            throw REFUSED.matcher(message).find() ? new UnauthorizedException(message, e) : e;
        }
    }

    /**
     * The registry that credentials are for. Without it containerd gives them to whatever mirror it asks; without a
     * scheme it fails; and it knows Docker Hub by another name than references do.
     */
    private static String server(Reference reference) {
        return "https://" + (reference.host().equals("docker.io") ? "registry-1.docker.io" : reference.host());
    }

    /**
     * Lists the images on the node.
     *
     * @return all of them, in the order of the runtime
     * @throws CriException if the runtime fails
     */
    public List<NodeImage> list() {
        String action = "list images";
        return wire
                .list(
                        action,
                        ImageServiceGrpc.getStreamImagesMethod(),
                        StreamImagesRequest.getDefaultInstance(),
                        StreamImagesResponse::getImagesList,
                        () -> wire.call(
                                        action,
                                        ImageServiceGrpc.getListImagesMethod(),
                                        ListImagesRequest.getDefaultInstance())
                                .getImagesList())
                .stream()
                .map(NodeImage::new)
                .toList();
    }

    /**
     * Lists the images on the node that a name means: one, or none.
     *
     * @param image a reference or an ID
     * @return the image with this name
     * @throws CriException if the runtime fails
     */
    public List<NodeImage> list(String image) {
        // The interface has a filter for lists, but containerd heeds none and lists everything.
        return status(image).stream().toList();
    }

    /**
     * Asks how much room images take on the disk, and containers, if the runtime keeps them elsewhere.
     *
     * @return the use of the file systems for images, and, on runtimes that are young enough to say, of those for the
     *     writable layers of containers
     * @throws CriException if the runtime fails
     */
    public ImageFileSystems fileSystems() {
        ImageFsInfoResponse answer = wire.call(
                "ask for the file systems of images",
                ImageServiceGrpc.getImageFsInfoMethod(),
                ImageFsInfoRequest.getDefaultInstance());
        return new ImageFileSystems(
                answer.getImageFilesystemsList().stream()
                        .map(FileSystemUsage::of)
                        .toList(),
                answer.getContainerFilesystemsList().stream()
                        .map(FileSystemUsage::of)
                        .toList());
    }

    /**
     * Asks for everything that the runtime knows of an image.
     *
     * @param image a reference or an ID
     * @return texts by name, mostly JSON, that differ from runtime to runtime; none if the node does not have the image
     * @throws CriException if the runtime fails
     */
    public Map<String, String> info(String image) {
        ImageStatusRequest request = ImageStatusRequest.newBuilder()
                .setImage(spec(image))
                .setVerbose(true)
                .build();
        return Map.copyOf(
                wire.call("look for image " + Text.plain(image), ImageServiceGrpc.getImageStatusMethod(), request)
                        .getInfoMap());
    }

    /**
     * Looks for an image on the node.
     *
     * @param image a reference or an ID
     * @return the image, or nothing if the node does not have it
     * @throws CriException if the runtime fails
     */
    public Optional<NodeImage> status(String image) {
        ImageStatusRequest request =
                ImageStatusRequest.newBuilder().setImage(spec(image)).build();
        ImageStatusResponse answer =
                wire.call("look for image " + Text.plain(image), ImageServiceGrpc.getImageStatusMethod(), request);
        return answer.hasImage() ? Optional.of(new NodeImage(answer.getImage())) : Optional.empty();
    }

    /**
     * Removes an image from the node, under all its names. Does nothing if the node does not have it.
     *
     * @param image a reference or an ID
     * @throws CriException if the runtime fails
     */
    public void remove(String image) {
        RemoveImageRequest request =
                RemoveImageRequest.newBuilder().setImage(spec(image)).build();
        wire.end("remove image " + Text.plain(image), ImageServiceGrpc.getRemoveImageMethod(), request, wire.timeout());
    }

    private static ImageSpec spec(String image) {
        return ImageSpec.newBuilder().setImage(image).build();
    }
}
