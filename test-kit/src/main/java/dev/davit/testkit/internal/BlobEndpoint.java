package dev.davit.testkit.internal;

import dev.davit.oci.Digest;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** {@code /v2/NAME/blobs/DIGEST}: hands out and deletes blobs. */
final class BlobEndpoint {
    private final ContentFolder content;
    private final Repositories repositories;

    BlobEndpoint(ContentFolder content, Repositories repositories) {
        this.content = content;
        this.repositories = repositories;
    }

    Response get(Request request, Route route) {
        Digest digest = route.digest();
        long size = repositories.blob(route.repository(), digest).orElseThrow(() -> unknown(route));
        Path file = content.path(digest);
        Response response = Response.of(200)
                .with("Content-Type", "application/octet-stream")
                .with("Docker-Content-Digest", digest.toString())
                .with("ETag", Conditions.entityTag(digest))
                .with("Accept-Ranges", "bytes");
        Optional<ByteRange> range = request.headers()
                .first("Range")
                .filter(header -> request.method().equals("GET") && Conditions.rangeApplies(request, digest))
                .flatMap(header -> ByteRange.parse(header, size));
        if (range.isEmpty()) {
            return response.with(new FileBody(file, 0, size));
        }
        ByteRange part = range.get();
        return new Response(206, response.headers(), new FileBody(file, part.first(), part.length()))
                .with("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size);
    }

    Response delete(Route route) throws IOException {
        if (!repositories.removeBlob(route.repository(), route.digest())) {
            throw unknown(route);
        }
        return Response.of(202);
    }

    private static ApiError unknown(Route route) {
        return ApiError.of(404, "BLOB_UNKNOWN", "no blob " + route.digest() + " in " + route.repository());
    }
}
