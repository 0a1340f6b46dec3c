package dev.davit.testkit.internal;

import dev.davit.oci.Digest;
import dev.davit.testkit.http.Request;
import java.util.List;

/** Conditional requests (RFC 9110 section 13): the entity tag of content is its digest in quotes. */
final class Conditions {
    private Conditions() {}

    static String entityTag(Digest digest) {
        return '"' + digest.toString() + '"';
    }

    /** Tells whether a {@code Range} header counts: a client may ask for the whole if the content has changed. */
    static boolean rangeApplies(Request request, Digest digest) {
        return request.headers()
                .first("If-Range")
                .map(entityTag(digest)::equals)
                .orElse(true);
    }

    /** Tells whether the client has this content already and asked not to be sent it again. */
    static boolean notModified(Request request, Digest digest) {
        return matches(request.headers().all("If-None-Match"), digest);
    }

    /**
     * Returns what a change must find: {@code If-Match} the content that the client knows, {@code If-None-Match: *}
     * nothing at all. Two writers of one tag lose nothing that way.
     */
    static Repositories.Precondition of(Request request) {
        List<String> match = request.headers().all("If-Match");
        List<String> noneMatch = request.headers().all("If-None-Match");
        if (match.isEmpty() && noneMatch.isEmpty()) {
            return Repositories.Precondition.NONE;
        }
        return existing -> {
            boolean asKnown = match.isEmpty()
                    || existing.filter(manifest -> matches(match, manifest.digest()))
                            .isPresent();
            boolean asUnknown = noneMatch.isEmpty()
                    || existing.filter(manifest -> matches(noneMatch, manifest.digest()))
                            .isEmpty();
            if (!asKnown || !asUnknown) {
                String now =
                        existing.map(manifest -> manifest.digest().toString()).orElse("nothing");
                throw ApiError.of(412, "DENIED", "the precondition does not hold: there is " + now);
            }
        };
    }

    private static boolean matches(List<String> headers, Digest digest) {
        for (String header : headers) {
            for (String tag : header.split(",", -1)) {
                String stripped = tag.strip();
                if (stripped.equals("*") || stripped.replaceFirst("^W/", "").equals(entityTag(digest))) {
                    return true;
                }
            }
        }
        return false;
    }
}
