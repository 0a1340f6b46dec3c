package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
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

    RemoteBlob(Endpoint endpoint, Descriptor descriptor) {
        this.endpoint = endpoint;
        this.descriptor = descriptor;
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public InputStream open() {
        return VerifyingInputStream.of(
                new ResumingStream(this, endpoint.registry(), 0, descriptor.size()), descriptor, endpoint.name());
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
        return new BoundedInputStream(new ResumingStream(this, endpoint.registry(), from, end), end - from);
    }

    RegistryRequest request() {
        String digest = descriptor.digest().toString();
        RegistryRequest request = descriptor.mediaType().isDocument()
                ? endpoint.request("GET", "manifests/" + digest, Side.SOURCE, endpoint.manifest(digest))
                        .header("Accept", Documents.ACCEPT)
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
