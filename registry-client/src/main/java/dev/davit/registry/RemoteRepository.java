package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Reference;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.Repository;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

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

    /**
     * {@inheritDoc}
     *
     * <p>Costs one request. The media type is the one that the document is served as.
     */
    @Override
    public Blob document(String name, int maxSize) {
        return new Documents(endpoint).read(checked(name), maxSize);
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return new RemoteBlob(endpoint, descriptor);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Costs one request for a blob that is there or can be mounted, three for one that is sent. A manifest or index that
     * refers to another one is sent in any case: only the answer says whether the registry lists it as a {@linkplain
     * #referrers referrer}. If it does not, the client does, as the specification says, in an index that is tagged {@code
     * sha256-…}.
     */
    @Override
    public Outcome put(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        if (!descriptor.mediaType().isDocument()) {
            return new BlobUpload(endpoint, blob).run();
        }
        Pushed document = Pushed.read(blob);
        String digest = descriptor.digest().toString();
        if (document.referrer().isEmpty() && has(digest)) {
            return Outcome.EXISTED;
        }
        return putManifest(document, digest);
    }

    private boolean has(String digest) {
        RegistryRequest head = manifest("HEAD", digest).header("Accept", Documents.ACCEPT);
        try (Reply reply = endpoint.registry().send(head, 200, 403, 404)) {
            return reply.status() == 200;
        }
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
        return putManifest(Pushed.read(document), checked(name));
    }

    private Outcome putManifest(Pushed document, String name) {
        Descriptor descriptor = document.blob().descriptor();
        RegistryRequest put = manifest("PUT", name)
                .body(document.blob(), descriptor.mediaType().value())
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
            if (reply.header("OCI-Subject").isPresent()) {
                return Outcome.COPIED;
            }
        }
        document.referrer().ifPresent(referrer -> new Referrers(endpoint).add(referrer, descriptor.digest()));
        return Outcome.COPIED;
    }

    /**
     * A manifest or index on its way.
     *
     * @param blob its bytes
     * @param referrer the document, if it refers to another one
     */
    private record Pushed(ByteBlob blob, Optional<Document> referrer) {
        static Pushed read(Blob blob) {
            Descriptor descriptor = blob.descriptor();
            try (InputStream in = VerifyingInputStream.of(blob.open(), descriptor, "its source")) {
                byte[] bytes = in.readAllBytes();
                return new Pushed(new ByteBlob(descriptor, bytes), referrer(descriptor, bytes));
            } catch (IOException e) {
                throw new TransferException(
                        Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
            }
        }

        /** Whether it is a manifest at all is for the registry to say. */
        private static Optional<Document> referrer(Descriptor descriptor, byte[] bytes) {
            try {
                return Optional.of(Document.parse(descriptor.mediaType(), bytes, bytes.length))
                        .filter(document -> document.subject().isPresent());
            } catch (MalformedContentException e) {
                return Optional.empty();
            }
        }
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

    /**
     * {@inheritDoc}
     *
     * <p>Costs one request, or two if the registry keeps no such lists: then what the clients have written down counts.
     *
     * @throws RegistryException also if the list does not end
     */
    @Override
    public List<Descriptor> referrers(Digest subject) {
        return new Referrers(endpoint).of(subject);
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
