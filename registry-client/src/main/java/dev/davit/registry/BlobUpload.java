package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.registry.UploadSession.Sent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob into a repository with as little traffic as possible: it may be there, another repository of the same
 * registry may have it, or else its bytes are sent: in one piece, unless that was refused or an upload goes on that broke.
 * What has arrived before a failure is not sent again if the registry knows how much that is; a session that is not used
 * any more is ended.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs">distribution-spec,
 *     "Pushing blobs"</a>
 */
final class BlobUpload {
    private final Endpoint endpoint;
    private final Registry registry;
    private final Blob blob;
    private final Descriptor descriptor;
    private final Tries tries;
    private @Nullable UploadSession session;
    private long furthest;
    /** Whether a registry that does not believe the digest may have been confused by what we did. */
    private boolean resumed;
    /** Whether the registry has shown that it can do nothing with pieces. */
    private boolean inOnePiece;

    BlobUpload(Endpoint endpoint, Blob blob) {
        this.endpoint = endpoint;
        this.registry = endpoint.registry();
        this.blob = blob;
        this.descriptor = blob.descriptor();
        this.tries = registry.retries().start();
    }

    Outcome run() {
        Optional<String> source = sameRegistry();
        // mounting says by itself whether the blob is there: no need to ask first
        if (source.isPresent() && !endpoint.isDoubted(descriptor.digest()) && isMounted(source.get())) {
            return Outcome.MOUNTED;
        }
        try (UploadSource content = new UploadSource(blob)) {
            return upload(content);
        } finally {
            abandon();
        }
    }

    private boolean isMounted(String source) {
        try {
            return mount(source);
        } catch (TransferException e) {
            if (e.side() == Side.CALLER) {
                throw e;
            }
            return false; // whether only the answer was lost is asked next
        }
    }

    /**
     * Tries to mount the blob.
     *
     * @param source where it may be, or null if the registry is to find it
     * @return whether it is there now; if not, there may be a session instead
     */
    boolean mount(@Nullable String source) {
        try (Reply reply = registry.sendOnce(mountRequest(source), 201, 202)) {
            if (reply.status() == 201) {
                return true;
            }
            session = new UploadSession(endpoint, descriptor, reply);
        } catch (UnauthorizedException | NotFoundException | RegistryException e) {
            // not allowed, or not known here: the bytes have to travel
        }
        return false;
    }

    /** Ends the session if there is one. */
    void abandon() {
        UploadSession open = session;
        session = null;
        if (open != null) {
            open.cancel();
        }
    }

    private Outcome upload(UploadSource content) {
        boolean asked = false;
        while (true) {
            try {
                // asked again before each new session: of a lost answer, the blob itself may be there
                if ((!asked || session == null)
                        && !endpoint.isDoubted(descriptor.digest())
                        && exists(endpoint, descriptor)) {
                    return Outcome.EXISTED;
                }
                asked = true;
                if (session == null) {
                    session = open();
                }
                if (isSent(session, content)) {
                    session = null;
                    return Outcome.COPIED;
                }
            } catch (LostUploadException e) {
                session = null;
                tries.failed(e);
            } catch (TransferException | RegistryException e) {
                recover(e);
            }
        }
    }

    /** {@return whether the upload is complete} */
    private boolean isSent(UploadSession open, UploadSource content) {
        long most = inOnePiece ? Long.MAX_VALUE : Math.max(registry.pieces().most(), open.leastPiece());
        if (open.arrived() == 0 && descriptor.size() <= most) {
            return isTaken(open.sendWhole(content), open, descriptor.size());
        }
        while (open.arrived() < descriptor.size()) {
            if (open.arrived() > content.reached()) {
                throw lost("the registry claims to have more than was sent");
            }
            long length = Math.min(most, descriptor.size() - open.arrived());
            if (!isTaken(open.send(content.piece(open.arrived(), length)), open, length)) {
                return false;
            }
        }
        open.close();
        return true;
    }

    private boolean isTaken(Sent sent, UploadSession open, long length) {
        switch (sent) {
            case ADVANCED -> {
                advance(open);
                return true;
            }
            case TOO_LONG -> {
                if (inOnePiece
                        || length <= open.leastPiece()
                        || !registry.pieces().refused(length)) {
                    throw new RegistryException(
                            subject() + ": not even a piece of " + length + " bytes is taken",
                            413,
                            java.util.List.of(),
                            null);
                }
                return false;
            }
            case NOTHING -> {
                // a session that does not move will not move, but the same bytes may be welcome all at once
                inOnePiece = true;
                throw lost("the registry takes nothing of a piece");
            }
        }
        throw new AssertionError(sent);
    }

    private void advance(UploadSession open) {
        if (open.arrived() - furthest >= ResumingStream.PROGRESS) {
            furthest = open.arrived();
            tries.progressed();
        }
    }

    /** Goes on where the registry is, or else with a new session. */
    private void recover(DavitException failure) {
        UploadSession open = session;
        if (failure instanceof TransferException t && t.side() == Side.SOURCE) {
            throw failure; // where the content comes from is tried again there
        }
        if (resumed && failure instanceof RegistryException answer && answer.status() == 400) {
            // all that is known to be right is what one session got in one go
            resumed = false;
            abandon();
            return;
        }
        tries.failed(failure);
        if (open == null) {
            return;
        }
        try {
            if (!inOnePiece && open.askHowMuchArrived()) {
                resumed = true;
                advance(open);
            } else {
                abandon();
            }
        } catch (LostUploadException e) {
            session = null;
        } catch (TransferException | RegistryException e) {
            recover(e);
        }
    }

    private LostUploadException lost(String why) {
        abandon();
        return new LostUploadException(new RegistryException(subject() + ": " + why, 0, java.util.List.of(), null));
    }

    /** A registry that does not let us look may still let us write. */
    static boolean exists(Endpoint endpoint, Descriptor descriptor) {
        RegistryRequest head = endpoint.request(
                        "HEAD", "blobs/" + descriptor.digest(), Side.TARGET, endpoint.blob(descriptor.digest()))
                .moving(descriptor);
        try (Reply reply = endpoint.registry().sendOnce(head, 200, 403, 404, 405)) {
            return reply.status() == 200;
        }
    }

    private UploadSession open() {
        String algorithm = descriptor.digest().algorithm();
        String query = algorithm.equals("sha256") ? "" : "?digest-algorithm=" + algorithm;
        RegistryRequest post = endpoint.request("POST", "blobs/uploads/" + query, Side.TARGET, subject())
                .moving(descriptor);
        try (Reply reply = registry.sendOnce(post, 202)) {
            return new UploadSession(endpoint, descriptor, reply);
        }
    }

    private Optional<String> sameRegistry() {
        String prefix = registry.name() + '/';
        return blob.origin()
                .filter(origin -> origin.startsWith(prefix))
                .map(origin -> origin.substring(prefix.length()))
                .filter(repository -> !repository.equals(endpoint.repository()));
    }

    private RegistryRequest mountRequest(@Nullable String source) {
        String path = endpoint.repository() + "/blobs/uploads/?mount=" + descriptor.digest();
        Scope scope = Scope.push(endpoint.repository());
        return source == null
                ? RegistryRequest.of("POST", path, scope, Side.TARGET, subject())
                        .moving(descriptor)
                : RegistryRequest.of(
                                "POST", path + "&from=" + source, scope.and(Scope.pull(source)), Side.TARGET, subject())
                        .moving(descriptor);
    }

    private String subject() {
        return endpoint.blob(descriptor.digest());
    }
}
