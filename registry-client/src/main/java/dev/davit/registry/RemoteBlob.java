package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.BoundedInputStream;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.InputStream;
import java.util.Optional;

/** Content of a repository; each {@link #open} is a request. */
final class RemoteBlob implements Blob {
    private final Endpoint endpoint;
    private final Descriptor descriptor;
    /** Whether registries keep such content among the manifests; of types that nobody knows, that has to be found out. */
    private volatile boolean amongManifests;

    RemoteBlob(Endpoint endpoint, Descriptor descriptor) {
        this.endpoint = endpoint;
        this.descriptor = descriptor;
        this.amongManifests = descriptor.mediaType().isDocument();
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public InputStream open() {
        return VerifyingInputStream.of(stream(0, descriptor.size()), descriptor, endpoint.name());
    }

    /** What a manifest is served as and what it was named as must be the same; of blobs, registries know no type. */
    void requireMediaType(Reply reply) {
        if (!descriptor.mediaType().isDocument()) {
            return;
        }
        Optional<MediaType> served = Documents.contentType(reply).filter(MediaType::isDocument);
        if (served.isPresent() && !served.get().equals(descriptor.mediaType())) {
            throw new MalformedContentException(reply.request().subject() + ": expected " + descriptor.mediaType()
                    + ", got a document that is served as " + served.get());
        }
    }

    @Override
    public InputStream openRange(long from, long length) {
        BoundedInputStream.requireRange(from, length);
        long end = Math.min(descriptor.size(), from > Long.MAX_VALUE - length ? Long.MAX_VALUE : from + length);
        if (end <= from) {
            return InputStream.nullInputStream();
        }
        return new BoundedInputStream(stream(from, end), end - from);
    }

    private InputStream stream(long from, long end) {
        try {
            return RangedStream.open(this, endpoint.registry(), from, end);
        } catch (NotFoundException e) {
            if (descriptor.mediaType().isLayer() || descriptor.mediaType().isConfig()) {
                throw e;
            }
            amongManifests = !amongManifests;
            try {
                return RangedStream.open(this, endpoint.registry(), from, end);
            } catch (NotFoundException alsoThere) {
                amongManifests = !amongManifests;
                throw e;
            }
        }
    }

    RegistryRequest request() {
        String digest = descriptor.digest().toString();
        RegistryRequest request = amongManifests
                ? endpoint.request("GET", "manifests/" + digest, Side.SOURCE, endpoint.manifest(digest))
                        .header(
                                "Accept",
                                descriptor.mediaType().isDocument()
                                        ? Documents.ACCEPT
                                        : descriptor.mediaType().value())
                : endpoint.request("GET", "blobs/" + digest, Side.SOURCE, endpoint.blob(descriptor.digest()));
        return request.moving(descriptor);
    }

    @Override
    public Optional<String> origin() {
        return Optional.of(endpoint.name());
    }

    @Override
    public String toString() {
        return descriptor + " in " + endpoint.name();
    }
}
