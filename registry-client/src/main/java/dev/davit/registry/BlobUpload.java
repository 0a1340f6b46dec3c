package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentStore.Outcome;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.HttpUrl;

/**
 * Brings one blob into a repository with as little traffic as possible: it may be there, another repository of the same
 * registry may have it, or else its bytes are sent in one piece. A failed upload starts again from its beginning, which
 * a replayable blob allows.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs">distribution-spec,
 *     "Pushing blobs"</a>
 */
final class BlobUpload {
    private final Endpoint endpoint;
    private final Registry registry;
    private final Blob blob;
    private final Descriptor descriptor;

    BlobUpload(Endpoint endpoint, Blob blob) {
        this.endpoint = endpoint;
        this.registry = endpoint.registry();
        this.blob = blob;
        this.descriptor = blob.descriptor();
    }

    Outcome run() {
        Optional<String> source = sameRegistry();
        if (source.isEmpty()) {
            return upload(Optional.empty());
        }
        // mounting says by itself whether the blob is there: no need to ask first
        Optional<HttpUrl> session = Optional.empty();
        try (Reply reply = registry.sendOnce(mount(source.get()), 201, 202)) {
            if (reply.status() == 201) {
                return Outcome.MOUNTED;
            }
            session = Optional.of(location(reply));
        } catch (UnauthorizedException | NotFoundException | RegistryException e) {
            // not allowed, or not known here: the bytes have to travel
        }
        return upload(session);
    }

    /** Sends the bytes unless they are there, into a session that is open already if there is one. */
    private Outcome upload(Optional<HttpUrl> openSession) {
        AtomicInteger attempts = new AtomicInteger();
        return registry.retries().run(() -> {
            // asked again before each attempt: of a lost answer, the blob itself may be there
            if (exists()) {
                return Outcome.EXISTED;
            }
            boolean first = attempts.getAndIncrement() == 0;
            HttpUrl session = first && openSession.isPresent() ? openSession.get() : newSession();
            send(session);
            return Outcome.COPIED;
        });
    }

    /** A registry that does not let us look may still let us write. */
    private boolean exists() {
        try (Reply reply = registry.sendOnce(request("HEAD", "blobs/" + descriptor.digest()), 200, 403, 404)) {
            return reply.status() == 200;
        }
    }

    private HttpUrl newSession() {
        try (Reply reply = registry.sendOnce(request("POST", "blobs/uploads/"), 202)) {
            return location(reply);
        }
    }

    private void send(HttpUrl session) {
        HttpUrl url = session.newBuilder()
                .addQueryParameter("digest", descriptor.digest().toString())
                .build();
        RegistryRequest put = RegistryRequest.at("PUT", url, Scope.push(endpoint.repository()), Side.TARGET, subject())
                .body(blob, "application/octet-stream")
                .moving(descriptor);
        try (Reply reply = registry.sendOnce(put, 201, 200, 202, 204, 404)) {
            if (reply.status() == 404) {
                throw new LostUploadException(Failures.answer(reply));
            }
        }
    }

    private Optional<String> sameRegistry() {
        String prefix = registry.name() + '/';
        return blob.origin()
                .filter(origin -> origin.startsWith(prefix))
                .map(origin -> origin.substring(prefix.length()))
                .filter(repository -> !repository.equals(endpoint.repository()));
    }

    private RegistryRequest mount(String source) {
        String path = endpoint.repository() + "/blobs/uploads/?mount=" + descriptor.digest() + "&from=" + source;
        Scope scope = Scope.push(endpoint.repository()).and(Scope.pull(source));
        return RegistryRequest.of("POST", path, scope, Side.TARGET, subject()).moving(descriptor);
    }

    private RegistryRequest request(String method, String path) {
        return endpoint.request(method, path, Side.TARGET, subject()).moving(descriptor);
    }

    private String subject() {
        return endpoint.blob(descriptor.digest());
    }

    private static HttpUrl location(Reply reply) {
        return Redirects.target(reply, reply.header("Location").orElse(""), "upload location");
    }
}
