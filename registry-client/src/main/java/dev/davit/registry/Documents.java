package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.JsonReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out what a tag or digest stands for. */
final class Documents {
    /** What we understand; a registry that is not told may convert. */
    static final String ACCEPT = String.join(
            ", ",
            MediaType.OCI_INDEX.value(),
            MediaType.OCI_MANIFEST.value(),
            MediaType.DOCKER_MANIFEST_LIST.value(),
            MediaType.DOCKER_MANIFEST.value());

    private final Endpoint endpoint;

    Documents(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Resolves with a HEAD request if its answer says everything, else by reading the document.
     *
     * @param name a tag or a digest
     */
    Descriptor resolve(String name) {
        try (Reply reply = endpoint.registry().send(request("HEAD", name), 200, 400, 403, 405, 501)) {
            if (reply.status() == 200) {
                Optional<Descriptor> described = described(reply, name);
                if (described.isPresent()) {
                    return described.get();
                }
            }
        }
        // also for a refusal: the answer to HEAD has no text that would say why
        return read(name, Document.MAX_SIZE).descriptor();
    }

    private RegistryRequest request(String method, String name) {
        return endpoint.request(method, "manifests/" + name, Side.SOURCE, endpoint.manifest(name))
                .header("Accept", ACCEPT);
    }

    private static Optional<Descriptor> described(Reply head, String name) {
        Optional<MediaType> type = contentType(head).filter(MediaType::isDocument);
        Optional<Digest> digest = digestHeader(head).filter(Digest::isVerifiable);
        long size = head.length();
        if (type.isEmpty() || digest.isEmpty() || size <= 0) {
            return Optional.empty();
        }
        if (isDigest(name) && !digest.get().toString().equals(name)) {
            throw new IntegrityException(
                    head.request().subject(), name, digest.get().toString());
        }
        return Optional.of(Descriptor.of(type.get(), digest.get(), size));
    }

    /**
     * Reads a document with one request.
     *
     * @param name a tag or a digest
     * @param maxSize how long it may be
     */
    ByteBlob read(String name, int maxSize) {
        return endpoint.registry().read(request("GET", name), reply -> read(reply, name, maxSize), 200);
    }

    private ByteBlob read(Reply reply, String name, int maxSize) {
        byte[] bytes = reply.read(maxSize);
        Optional<Digest> promised = digestHeader(reply).filter(Digest::isVerifiable);
        if (!isDigest(name) && promised.isPresent() && !promised.get().matches(bytes)) {
            Optional<ByteBlob> other = find(promised.get(), maxSize);
            if (other.isPresent()) {
                return other.get();
            }
        }
        Digest digest = isDigest(name) ? requireDigest(reply, Digest.parse(name), bytes) : Digest.sha256(bytes);
        MediaType type = contentType(reply).filter(MediaType::isDocument).orElseGet(() -> inferred(reply, bytes));
        return new ByteBlob(Descriptor.of(type, digest, bytes.length), bytes);
    }

    /**
     * Many registries promise another digest than that of what they send, which is no reason not to take it. But if they
     * have what they promised, then what came was damaged on its way.
     */
    private Optional<ByteBlob> find(Digest promised, int maxSize) {
        try {
            return Optional.of(read(promised.toString(), maxSize));
        } catch (NotFoundException | IntegrityException | MalformedContentException e) {
            return Optional.empty();
        }
    }

    private static Digest requireDigest(Reply reply, Digest wanted, byte[] bytes) {
        if (!wanted.matches(bytes)) {
            throw new IntegrityException(
                    reply.request().subject(),
                    wanted.toString(),
                    Digest.sha256(bytes).toString());
        }
        return wanted;
    }

    /** Old registries serve manifests as text; what the document says of itself counts then, or else how it looks. */
    private static MediaType inferred(Reply reply, byte[] bytes) {
        Shape shape = JsonReader.parse(reply.request().subject(), bytes, Shape::read);
        MediaType type = shape.mediaType != null
                ? shape.mediaType
                : shape.hasManifests ? MediaType.OCI_INDEX : shape.hasConfig ? MediaType.OCI_MANIFEST : null;
        if (type == null || !type.isDocument()) {
            throw new MalformedContentException(reply.request().subject() + ": expected a manifest or an index, got "
                    + (type == null ? "something else" : type));
        }
        return type;
    }

    static boolean isDigest(String name) {
        return name.indexOf(':') >= 0;
    }

    /** {@return the media type that an answer names, if it is one} */
    static Optional<MediaType> contentType(Reply reply) {
        try {
            return reply.header("Content-Type").map(MediaType::ofContentType);
        } catch (MalformedContentException e) {
            return Optional.empty();
        }
    }

    /** {@return the digest that an answer names, if it is one} */
    static Optional<Digest> digestHeader(Reply reply) {
        try {
            return reply.header("Docker-Content-Digest").map(Digest::parse);
        } catch (MalformedContentException e) {
            return Optional.empty();
        }
    }

    private static final class Shape {
        private @Nullable MediaType mediaType;
        private boolean hasConfig;
        private boolean hasManifests;

        static Shape read(JsonReader in) {
            Shape shape = new Shape();
            in.object(List.of(), name -> {
                if (name.equals("mediaType")) {
                    shape.mediaType = in.string(MediaType::new);
                    return;
                }
                shape.hasConfig |= name.equals("config");
                shape.hasManifests |= name.equals("manifests");
                in.skip();
            });
            return shape;
        }
    }
}
