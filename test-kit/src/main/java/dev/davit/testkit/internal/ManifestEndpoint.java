package dev.davit.testkit.internal;

import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** {@code /v2/NAME/manifests/REFERENCE}: keeps manifests and indexes byte for byte, and the tags that name them. */
final class ManifestEndpoint {
    private final ContentFolder content;
    private final Repositories repositories;
    private final boolean sparse;
    private final boolean referrers;

    /**
     * @param sparse whether a manifest is taken before what it refers to
     * @param referrers whether it says so when it has seen the subject of a manifest
     */
    ManifestEndpoint(ContentFolder content, Repositories repositories, boolean sparse, boolean referrers) {
        this.content = content;
        this.repositories = repositories;
        this.sparse = sparse;
        this.referrers = referrers;
    }

    Response get(Request request, Route route) {
        Optional<StoredManifest> found = route.referenceIsDigest()
                ? repositories.manifest(route.repository(), route.digest())
                : repositories.manifest(route.repository(), route.tag());
        StoredManifest manifest = found.orElseThrow(() -> unknown(route));
        Response response = Response.of(200)
                .with("Content-Type", manifest.mediaType().value())
                .with("Docker-Content-Digest", manifest.digest().toString())
                .with("ETag", Conditions.entityTag(manifest.digest()));
        if (Conditions.notModified(request, manifest.digest())) {
            return new Response(304, response.headers(), Response.Body.EMPTY);
        }
        return response.with(new FileBody(content.path(manifest.digest()), 0, manifest.size()));
    }

    Response put(Request request, Route route) throws IOException {
        List<String> tags = tags(request, route);
        MediaType mediaType = mediaType(request);
        byte[] body = body(request);
        Digest digest = route.referenceIsDigest() ? route.digest() : Digest.sha256(body);
        if (!digest.matches(body)) {
            throw ApiError.digestInvalid(
                    "the manifest was to have digest " + digest + ", but has " + Digest.sha256(body));
        }
        Document document = parse(mediaType, body);
        repositories.putManifest(route.repository(), document, digest, tags, !sparse, Conditions.of(request));
        Response response = Response.of(201)
                .with("Location", "/v2/" + route.repository() + "/manifests/" + digest)
                .with("Docker-Content-Digest", digest.toString());
        Digest subject = StoredManifest.of(document, digest).subject();
        if (subject != null && referrers) {
            response = response.with("OCI-Subject", subject.toString());
        }
        return tags.isEmpty() ? response : response.with("OCI-Tag", String.join(", ", tags));
    }

    /** Returns the tag in the path, or those in the query that a push by digest may bring along. */
    private static List<String> tags(Request request, Route route) {
        if (!route.referenceIsDigest()) {
            return List.of(route.tag());
        }
        route.digest(); // refused before the body is read
        LinkedHashSet<String> tags = new LinkedHashSet<>();
        request.parameters().getOrDefault("tag", List.of()).forEach(tag -> tags.add(Route.tag(tag)));
        return new ArrayList<>(tags);
    }

    private static MediaType mediaType(Request request) {
        String header = request.headers()
                .first("Content-Type")
                .orElseThrow(() -> invalid("the Content-Type of the manifest is missing"));
        try {
            return MediaType.ofContentType(header);
        } catch (MalformedContentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] body(Request request) throws IOException {
        byte[] body = request.contentLength() > Document.MAX_SIZE
                ? null
                : request.body().readNBytes(Document.MAX_SIZE + 1);
        if (body == null || body.length > Document.MAX_SIZE) {
            throw ApiError.of(413, "SIZE_INVALID", "a manifest has at most " + Document.MAX_SIZE + " bytes here");
        }
        return body;
    }

    private static Document parse(MediaType mediaType, byte[] body) {
        try {
            return Document.parse(mediaType, body);
        } catch (MalformedContentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static ApiError invalid(String message) {
        return ApiError.of(400, "MANIFEST_INVALID", message);
    }

    Response delete(Request request, Route route) throws IOException {
        Repositories.Precondition precondition = Conditions.of(request);
        boolean removed = route.referenceIsDigest()
                ? repositories.removeManifest(route.repository(), route.digest(), precondition)
                : repositories.removeTag(route.repository(), route.tag(), precondition);
        if (!removed) {
            throw unknown(route);
        }
        return Response.of(202);
    }

    private static ApiError unknown(Route route) {
        return ApiError.of(404, "MANIFEST_UNKNOWN", "no manifest " + route.reference() + " in " + route.repository());
    }
}
