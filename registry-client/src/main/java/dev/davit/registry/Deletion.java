package dev.davit.registry;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Document;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.ByteBlob;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes something out of a repository, and no more than that.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#content-management">
 *     distribution-spec, "Content Management"</a>
 */
final class Deletion {
    private final Endpoint endpoint;

    Deletion(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Deletes by digest. */
    void delete(Descriptor descriptor, String path, String subject) {
        Optional<Descriptor> refersTo = descriptor.mediaType().isDocument() ? subjectOf(descriptor) : Optional.empty();
        send(path, subject);
        refersTo.ifPresent(to -> new Referrers(endpoint).remove(to.digest(), descriptor.digest()));
    }

    private Optional<Descriptor> subjectOf(Descriptor descriptor) {
        try {
            byte[] bytes = new Documents(endpoint)
                    .read(descriptor.digest().toString(), Document.MAX_SIZE)
                    .bytes();
            return Document.parse(descriptor.mediaType(), bytes).subject();
        } catch (MalformedContentException e) {
            return Optional.empty(); // all the more reason to delete it
        }
    }

    /** Deletes a tag alone. A registry that knows only digests here is not sent the digest behind the tag. */
    void untag(String tag) {
        send("manifests/" + tag, endpoint.manifest(tag));
    }

    private void send(String path, String subject) {
        RegistryRequest delete = endpoint.request("DELETE", path, Side.TARGET, subject);
        AtomicBoolean again = new AtomicBoolean();
        endpoint.registry().retries().run(() -> {
            // if only the answer was lost, what was to be deleted is gone the next time
            boolean mayBeGone = again.getAndSet(true);
            try (Reply reply = endpoint.registry().sendOnce(delete, 202, 200, 204, 400, 404, 405, 501)) {
                if (reply.status() == 404 && !mayBeGone) {
                    throw Failures.status(reply);
                }
                if (reply.status() == 400 || reply.status() == 405 || reply.status() == 501) {
                    throw Failures.notSupported(reply, "the registry does not delete it");
                }
                return reply.status();
            }
        });
    }

    /** Puts something under the tag that nothing else refers to, and deletes it. */
    void replace(RemoteRepository repository, String tag) {
        byte[] nothing = {'{', '}'};
        repository.put(new ByteBlob(Descriptor.EMPTY, nothing));
        Manifest placeholder = Manifest.builder(Descriptor.EMPTY)
                .artifactType("application/vnd.davit.deleted.v1")
                .annotations(Map.of(Annotations.TITLE, "deleted " + UUID.randomUUID()))
                .build();
        Descriptor descriptor = placeholder.descriptor();
        repository.put(new ByteBlob(descriptor, placeholder.toBytes()), tag);
        send("manifests/" + descriptor.digest(), endpoint.manifest(tag));
    }
}
