package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.Reference;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.Repository;
import dev.davit.oci.internal.ByteBlob;
import java.util.List;

/**
 * A repository of a registry: {@code registry.example/acme/server}. Reading from it verifies every byte; writing to it
 * sends what it does not have, or has it mounted from another repository of the same registry.
 *
 * <p>Immutable, safe to share between threads, and a view: it lives as long as the {@link RegistryClient} it comes from
 * and is not closed. Interrupting a thread that waits in one of its methods, or in a stream that it gave, ends the wait
 * with a {@link dev.davit.oci.TransferException} whose side is the caller; the interrupt flag stays set.
 *
 * <p>All methods throw {@link dev.davit.oci.TransferException} if the registry cannot be reached, {@link
 * dev.davit.oci.UnauthorizedException} if it does not let us, {@link dev.davit.oci.NotFoundException} if something is
 * not there, and {@link RegistryException} for every other answer that does not help.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md">distribution-spec</a>
 */
public final class RemoteRepository implements Repository {
    private final Reference reference;
    private final Endpoint endpoint;

    RemoteRepository(Reference reference, Registry registry) {
        this.reference = reference;
        this.endpoint = new Endpoint(registry, reference.repository());
    }

    /** {@return the name as {@code host[:port]/repository}} */
    public String name() {
        return reference.name();
    }

    @Override
    public Descriptor resolve(String name) {
        return new Documents(endpoint).resolve(checked(name));
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return new RemoteBlob(endpoint, descriptor);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Costs one request for a blob that is there or can be mounted, three for one that is sent.
     */
    @Override
    public Outcome put(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        if (!descriptor.mediaType().isDocument()) {
            return new BlobUpload(endpoint, blob).run();
        }
        String digest = descriptor.digest().toString();
        try (Reply reply =
                endpoint.registry().send(manifest("HEAD", digest).header("Accept", Documents.ACCEPT), 200, 403, 404)) {
            if (reply.status() == 200) {
                return Outcome.EXISTED;
            }
        }
        return putManifest(blob, digest);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Costs one request. The name may be the digest of the document too.
     */
    @Override
    public Outcome put(Blob document, String name) {
        Descriptor descriptor = document.descriptor();
        if (!descriptor.mediaType().isDocument()) {
            throw new IllegalArgumentException("only a manifest or an index can have a name, not " + descriptor);
        }
        if (Documents.isDigest(name) && !descriptor.digest().equals(Digest.parse(name))) {
            throw new IllegalArgumentException(name + " cannot be the name of " + descriptor);
        }
        return putManifest(document, checked(name));
    }

    private Outcome putManifest(Blob document, String name) {
        Descriptor descriptor = document.descriptor();
        RegistryRequest put = manifest("PUT", name)
                .body(document, descriptor.mediaType().value())
                .moving(descriptor);
        // putting the same bytes twice has the effect of once
        try (Reply reply =
                endpoint.registry().retries().run(() -> endpoint.registry().sendOnce(put, 201, 200, 202))) {
            Documents.digestHeader(reply)
                    .filter(stored ->
                            stored.algorithm().equals(descriptor.digest().algorithm()))
                    .filter(stored -> !stored.equals(descriptor.digest()))
                    .ifPresent(stored -> {
                        throw new IntegrityException(
                                put.subject(), descriptor.digest().toString(), stored.toString());
                    });
        }
        return Outcome.COPIED;
    }

    @Override
    public void tag(Descriptor descriptor, String name) {
        put(new ByteBlob(descriptor, fetch(descriptor)), name);
    }

    /**
     * {@inheritDoc}
     *
     * @throws RegistryException also if the list does not end
     */
    @Override
    public List<String> tags() {
        return new TagList(endpoint).read();
    }

    private RegistryRequest manifest(String method, String name) {
        return endpoint.request(method, "manifests/" + name, Side.TARGET, endpoint.manifest(name));
    }

    /** {@return the name, which is a tag or a digest and nothing that would lead elsewhere in a URL} */
    private String checked(String name) {
        return Documents.isDigest(name)
                ? reference.withDigest(Digest.parse(name)).identifier()
                : reference.withTag(name).identifier();
    }

    /** {@return the name as {@code host[:port]/repository}} */
    @Override
    public String toString() {
        return name();
    }
}
