package dev.davit.testkit.internal;

import dev.davit.oci.Digest;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/NAME/blobs/uploads/…}: takes blobs in, in one request or in many, and mounts them. */
final class UploadEndpoint {
    private static final Pattern CONTENT_RANGE = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    private final Repositories repositories;
    private final Uploads uploads;

    UploadEndpoint(Repositories repositories, Uploads uploads) {
        this.repositories = repositories;
        this.uploads = uploads;
    }

    /** POST: a mount, a whole blob, or the beginning of an upload. */
    Response begin(Request request, Route route) throws IOException {
        Optional<Digest> mount = request.parameter("mount").map(Route::digest);
        Optional<Digest> whole = request.parameter("digest").map(Route::digest);
        requireKnownAlgorithm(request);
        if (mount.isPresent()
                && repositories.mount(
                        route.repository(),
                        mount.get(),
                        request.parameter("from").orElse(null))) {
            return created(route, mount.get());
        }
        Upload upload = uploads.begin(route.repository());
        if (whole.isEmpty()) {
            return progress(202, upload);
        }
        try {
            return receive(request, route, upload, whole.get());
        } catch (IOException | RuntimeException e) {
            uploads.remove(upload); // the client was not told where to go on
            upload.discard();
            throw e;
        }
    }

    /** PATCH: a piece of a blob. */
    Response append(Request request, Route route) throws IOException {
        Upload upload = upload(route);
        return upload.exclusively(() -> {
            checkRange(request, upload);
            upload.append(request.body());
            return progress(202, upload);
        });
    }

    /** PUT: the end of a blob, with its last piece or without. */
    Response close(Request request, Route route) throws IOException {
        Upload upload = upload(route);
        Digest digest = request.parameter("digest")
                .map(Route::digest)
                .orElseThrow(() -> ApiError.digestInvalid("an upload is closed with ?digest=…, which is missing"));
        return receive(request, route, upload, digest);
    }

    /** GET: how far the upload is. */
    Response status(Route route) {
        return progress(204, upload(route));
    }

    /** DELETE: gives the upload up. */
    Response cancel(Route route) throws IOException {
        Upload upload = upload(route);
        return upload.exclusively(() -> {
            uploads.remove(upload);
            upload.discard();
            return Response.of(204);
        });
    }

    private Upload upload(Route route) {
        return uploads.get(route.repository(), route.reference());
    }

    private Response receive(Request request, Route route, Upload upload, Digest digest) throws IOException {
        return upload.exclusively(() -> {
            checkRange(request, upload);
            upload.append(request.body());
            uploads.remove(upload);
            upload.finish(digest, repositories);
            return created(route, digest);
        });
    }

    /** A piece that says where it belongs must belong at the end of what is there (distribution-spec, "Chunked"). */
    private static void checkRange(Request request, Upload upload) {
        Optional<String> header = request.headers().first("Content-Range");
        if (header.isEmpty()) {
            return;
        }
        Matcher range = CONTENT_RANGE.matcher(header.get());
        if (!range.matches()) {
            throw ApiError.of(400, "BLOB_UPLOAD_INVALID", "Content-Range is not FIRST-LAST");
        }
        long first = Long.parseLong(range.group(1));
        long length = Long.parseLong(range.group(2)) - first + 1;
        if (first != upload.size()) {
            String message = "the piece begins at byte " + first + ", but " + upload.size() + " bytes have arrived";
            throw ApiError.of(416, "BLOB_UPLOAD_INVALID", message)
                    .with("Location", location(upload))
                    .with("Range", range(upload));
        }
        if (request.contentLength() >= 0 && request.contentLength() != length) {
            throw ApiError.of(
                    400,
                    "SIZE_INVALID",
                    "Content-Range is of " + length + " bytes, Content-Length of " + request.contentLength());
        }
    }

    private static void requireKnownAlgorithm(Request request) {
        String algorithm = request.parameter("digest-algorithm").orElse("sha256");
        if (!algorithm.equals("sha256") && !algorithm.equals("sha512")) {
            throw ApiError.digestInvalid("digest-algorithm is neither sha256 nor sha512");
        }
    }

    private static Response progress(int status, Upload upload) {
        return Response.of(status)
                .with("Location", location(upload))
                .with("Range", range(upload))
                .with("Docker-Upload-UUID", upload.id());
    }

    private static String location(Upload upload) {
        return "/v2/" + upload.repository() + "/blobs/uploads/" + upload.id();
    }

    /** There is no way to write an empty range; registries have always said {@code 0-0} here. */
    private static String range(Upload upload) {
        return "0-" + Math.max(0, upload.size() - 1);
    }

    private static Response created(Route route, Digest digest) {
        return Response.of(201)
                .with("Location", "/v2/" + route.repository() + "/blobs/" + digest)
                .with("Docker-Content-Digest", digest.toString());
    }
}
