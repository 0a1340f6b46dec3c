package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Reference;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.MissingChildException;
import dev.davit.oci.content.Repository;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
     *
     * @throws dev.davit.oci.content.MissingChildException if the registry refuses a manifest or index for what it does not
     *     have, although it may have said so; it is not believed then for some minutes
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
        if (endpoint.isDoubted(Digest.parse(digest))) {
            return false;
        }
        RegistryRequest head = manifest("HEAD", digest).header("Accept", Documents.ACCEPT);
        try (Reply reply = endpoint.registry().send(head, 200, 403, 404, 405)) {
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
        Digest digest = document.blob().descriptor().digest();
        // under a tag, a registry would compute its own digest, which is sha256
        if (!Documents.isDigest(name) && !digest.algorithm().equals("sha256")) {
            if (send(document, digest + "?tag=" + name).contains(name)) {
                return Outcome.COPIED;
            }
        }
        send(document, name);
        return Outcome.COPIED;
    }

    /** {@return the tags that the registry says it has set} */
    private List<String> send(Pushed document, String name) {
        Descriptor descriptor = document.blob().descriptor();
        RegistryRequest put = manifest("PUT", name)
                .body(document.blob(), descriptor.mediaType().value())
                .moving(descriptor);
        boolean listed;
        List<String> tags;
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
            listed = reply.header("OCI-Subject").isPresent();
            tags = reply.headers("OCI-Tag").stream()
                    .flatMap(all -> Stream.of(all.split(",", -1)))
                    .map(String::strip)
                    .toList();
        } catch (NotFoundException | RegistryException e) {
            throw doubted(document, e);
        }
        if (listed) {
            endpoint.registry().withoutReferrers().remove(endpoint.repository());
        } else {
            document.referrer().ifPresent(referrer -> new Referrers(endpoint).add(referrer, descriptor.digest()));
        }
        return tags;
    }

    /** Some registries find a blob where they look for it, and not where they need it. */
    private DavitException doubted(Pushed document, DavitException refusal) {
        Throwable answer = refusal instanceof RegistryException ? refusal : refusal.getCause();
        if (!(answer instanceof RegistryException refused)
                || Collections.disjoint(refused.codes(), Set.of("MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN"))) {
            return refusal;
        }
        document.parsed().ifPresent(parsed -> parsed.children().forEach(child -> endpoint.doubt(child.digest())));
        return new MissingChildException(String.valueOf(refused.getMessage()), refusal);
    }

    /**
     * A manifest or index on its way.
     *
     * @param blob its bytes
     * @param parsed the document, unless it is none that we know
     */
    private record Pushed(ByteBlob blob, Optional<Document> parsed) {
        static Pushed read(Blob blob) {
            Descriptor descriptor = blob.descriptor();
            try (InputStream in = VerifyingInputStream.of(blob.open(), descriptor, "its source")) {
                byte[] bytes = in.readAllBytes();
                return new Pushed(new ByteBlob(descriptor, bytes), parsed(descriptor, bytes));
            } catch (IOException e) {
                throw new TransferException(
                        Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
            }
        }

        /** Whether it is a manifest at all is for the registry to say. */
        private static Optional<Document> parsed(Descriptor descriptor, byte[] bytes) {
            try {
                return Optional.of(Document.parse(descriptor.mediaType(), bytes, bytes.length));
            } catch (MalformedContentException e) {
                return Optional.empty();
            }
        }

        /** {@return the document, if it refers to another one} */
        Optional<Document> referrer() {
            return parsed.filter(document -> document.subject().isPresent());
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
        return listTags().sorted().toList();
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
        return new Referrers(endpoint).of(subject, null);
    }

    /**
     * Finds what refers to a manifest or index, of one kind alone.
     *
     * @param subject digest of the manifest or index
     * @param artifactType the kind, such as {@code application/spdx+json}
     * @return descriptors of the manifests that refer to it
     * @throws RegistryException also if the list does not end
     */
    public List<Descriptor> referrers(Digest subject, String artifactType) {
        return new Referrers(endpoint).of(subject, artifactType);
    }

    /**
     * All tags, in the order of the registry. Each page of the list, of about a thousand tags, is asked for when the
     * stream needs it; the stream holds nothing open, is for one thread, and throws what the methods of this class throw.
     *
     * @return a stream that need not be closed
     */
    public Stream<String> listTags() {
        return NameList.ofTags(endpoint);
    }

    /**
     * Tells whether there is a manifest or index of a name, in one request.
     *
     * @param name a tag or a digest
     * @return whether there is one
     */
    public boolean exists(String name) {
        return isThere("manifests/" + checked(name), endpoint.manifest(name));
    }

    /**
     * Tells whether some content is there, in one request. A blob can be reached only as long as some manifest of the
     * repository needs it.
     *
     * @param descriptor what to look for
     * @return whether it is there
     */
    public boolean exists(Descriptor descriptor) {
        return isThere(path(descriptor), subject(descriptor));
    }

    private boolean isThere(String path, String subject) {
        int status = status("HEAD", path, subject, 200, 404, 405);
        return (status == 405 ? status("GET", path, subject, 200, 404) : status) == 200;
    }

    private int status(String method, String path, String subject, Integer... accepted) {
        RegistryRequest request =
                endpoint.request(method, path, Side.SOURCE, subject).header("Accept", Documents.ACCEPT);
        try (Reply reply = endpoint.registry().send(request, accepted)) {
            return reply.status();
        }
    }

    private static String path(Descriptor descriptor) {
        return (descriptor.mediaType().isDocument() ? "manifests/" : "blobs/") + descriptor.digest();
    }

    private String subject(Descriptor descriptor) {
        return descriptor.mediaType().isDocument()
                ? endpoint.manifest(descriptor.digest().toString())
                : endpoint.blob(descriptor.digest());
    }

    /**
     * Takes over a blob from another repository of the same registry, without moving bytes.
     *
     * @param blob what to take over
     * @param source where it is
     * @return whether it is here now; false also if the registry does not do that, or does not let us
     * @throws IllegalArgumentException if the source is in another registry
     */
    public boolean mount(Descriptor blob, RemoteRepository source) {
        if (!source.endpoint.registry().name().equals(endpoint.registry().name())) {
            throw new IllegalArgumentException(
                    "mount: expected a repository of " + endpoint.registry().name() + ", got " + source);
        }
        return mounted(blob, source.endpoint.repository());
    }

    /**
     * Takes over a blob from wherever the registry has it, without moving bytes.
     *
     * @param blob what to take over
     * @return whether it is here now; most registries want to be told where it is, and then it is not
     */
    public boolean mount(Descriptor blob) {
        return mounted(blob, null);
    }

    private boolean mounted(Descriptor blob, @Nullable String source) {
        BlobUpload upload = new BlobUpload(endpoint, new RemoteBlob(endpoint, blob));
        try {
            return upload.mount(source);
        } finally {
            upload.abandon();
        }
    }

    /**
     * Deletes a manifest, an index or a blob. With a manifest go all tags that stand for it; to remove one of them alone
     * there is {@link #untag}. What it consists of stays. If it refers to something, it is removed from the list of
     * {@linkplain #referrers referrers} that clients keep where the registry does not.
     *
     * @param descriptor what to delete
     * @throws dev.davit.oci.NotFoundException if it is not there
     * @throws NotSupportedException if the registry does not delete such things
     */
    public void delete(Descriptor descriptor) {
        new Deletion(endpoint).delete(descriptor, path(descriptor), subject(descriptor));
    }

    /**
     * Removes a tag. What it stands for stays, with its other tags.
     *
     * @param tag the tag
     * @throws dev.davit.oci.NotFoundException if there is no such tag
     * @throws NotSupportedException if the registry cannot do that, as many cannot: see {@link #untagByReplacing}
     */
    public void untag(String tag) {
        new Deletion(endpoint).untag(reference.withTag(tag).identifier());
    }

    /**
     * Removes a tag from a registry that can delete manifests, but no tag alone: puts a manifest of nothing under the tag,
     * and deletes that. Somebody who asks for the tag in between gets the manifest of nothing.
     *
     * @param tag the tag
     * @throws dev.davit.oci.NotFoundException if there is no such tag
     * @throws NotSupportedException if the registry deletes nothing at all: then the tag stands for nothing now
     */
    public void untagByReplacing(String tag) {
        resolve(tag);
        new Deletion(endpoint).replace(this, reference.withTag(tag).identifier());
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
