package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.BoundedInputStream;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Content of a repository; each {@link #open} is a request. */
final class RemoteBlob implements Blob {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/(\\*|[0-9]{1,18})");

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
        Reply reply = endpoint.registry().send(request(), 200);
        try {
            long length = reply.length();
            if (length >= 0 && length != descriptor.size()) {
                throw new IntegrityException(
                        reply.request().subject(), descriptor.size() + " bytes", length + " bytes");
            }
            requireMediaType(reply);
            return VerifyingInputStream.of(reply.body(), descriptor, endpoint.name());
        } catch (RuntimeException e) {
            reply.close();
            throw e;
        }
    }

    /** What a manifest is served as and what it was named as must be the same; of blobs, registries know no type. */
    private void requireMediaType(Reply reply) {
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
        if (from < 0 || length < 0) {
            throw new IllegalArgumentException("range: expected no negative numbers, got " + from + " and " + length);
        }
        long end = Math.min(descriptor.size(), from > Long.MAX_VALUE - length ? Long.MAX_VALUE : from + length);
        if (end <= from) {
            return InputStream.nullInputStream();
        }
        Reply reply = endpoint.registry().send(request().header("Range", "bytes=" + from + "-" + (end - 1)), 200, 206);
        try {
            if (reply.status() == 206) {
                requireRange(reply, from, end - 1);
                return new BoundedInputStream(reply.body(), end - from);
            }
            return wholeFrom(reply, from, end - from);
        } catch (RuntimeException e) {
            reply.close();
            throw e;
        }
    }

    private void requireRange(Reply reply, long first, long last) {
        String range = reply.header("Content-Range").orElse("");
        Matcher m = CONTENT_RANGE.matcher(range);
        boolean right = m.matches()
                && Long.parseLong(m.group(1)) == first
                && Long.parseLong(m.group(2)) == last
                && (m.group(3).equals("*") || Long.parseLong(m.group(3)) == descriptor.size());
        if (!right) {
            throw new IntegrityException(
                    reply.request().subject(),
                    "bytes " + first + "-" + last + "/" + descriptor.size(),
                    range.isEmpty() ? "no Content-Range" : dev.davit.oci.internal.Text.quote(range));
        }
    }

    /** The registry does not know ranges and sends everything. */
    private InputStream wholeFrom(Reply reply, long from, long length) {
        InputStream in = reply.body();
        try {
            in.skipNBytes(from);
        } catch (java.io.IOException e) {
            throw new TransferException(
                    Side.SOURCE, descriptor, reply.request().subject() + ": it ended before byte " + from, e);
        }
        return new BoundedInputStream(in, length);
    }

    private RegistryRequest request() {
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
