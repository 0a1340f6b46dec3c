package dev.davit.testkit.internal;

import dev.davit.oci.Digest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the path of a request points at.
 *
 * @param endpoint the kind of thing
 * @param repository the repository, a valid name; empty where the path has none
 * @param reference the last part of the path: a digest, a tag or an upload, not checked yet; empty where it has none
 */
record Route(Endpoint endpoint, String repository, String reference) {
    private static final int MAX_NAME = 255;
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    /** The endpoints of the specification, each with the form of its path, in the order in which they are tried. */
    enum Endpoint {
        BASE("/v2/?"),
        CATALOG("/v2/_catalog"),
        TAGS("/v2/(.+)/tags/list"),
        REFERRERS("/v2/(.+)/referrers/([^/]*)"),
        MANIFEST("/v2/(.+)/manifests/([^/]*)"),
        UPLOADS("/v2/(.+)/blobs/uploads/?"),
        UPLOAD("/v2/(.+)/blobs/uploads/([^/]+)"),
        BLOB("/v2/(.+)/blobs/([^/]*)");

        private final Pattern form;

        Endpoint(String form) {
            this.form = Pattern.compile(form, Pattern.DOTALL);
        }
    }

    /**
     * Parses a decoded path.
     *
     * @throws ApiError if there is no such endpoint, or the name of the repository is not valid
     */
    static Route parse(String path) {
        for (Endpoint endpoint : Endpoint.values()) {
            Matcher matcher = endpoint.form.matcher(path);
            if (matcher.matches()) {
                String repository = matcher.groupCount() > 0 ? validRepository(matcher.group(1)) : "";
                return new Route(endpoint, repository, matcher.groupCount() > 1 ? matcher.group(2) : "");
            }
        }
        throw unknown(path);
    }

    static ApiError unknown(String path) {
        return ApiError.of(404, "UNSUPPORTED", "nothing is served at " + Text.plain(path));
    }

    private static String validRepository(String name) {
        if (!isRepository(name)) {
            throw ApiError.of(400, "NAME_INVALID", "not the name of a repository: " + Text.quote(name));
        }
        return name;
    }

    /** Tells whether a text is a repository name: because it may not hold {@code ..}, it never leads elsewhere. */
    static boolean isRepository(String name) {
        return name.length() <= MAX_NAME && NAME.matcher(name).matches();
    }

    /** Tells whether the reference of a manifest is a digest; otherwise it is a tag. */
    boolean referenceIsDigest() {
        return reference.indexOf(':') >= 0;
    }

    /** Returns the reference as a digest. */
    Digest digest() {
        return digest(reference);
    }

    /** Returns the reference as a tag. */
    String tag() {
        return tag(reference);
    }

    static boolean isTag(String text) {
        return TAG.matcher(text).matches();
    }

    static String tag(String text) {
        if (!isTag(text)) {
            throw ApiError.of(400, "TAG_INVALID", "not a tag: " + Text.quote(text));
        }
        return text;
    }

    /** Parses a digest of an algorithm that can be verified: no other is ever taken in. */
    static Digest digest(String text) {
        Digest digest;
        try {
            digest = Digest.parse(text);
        } catch (MalformedContentException e) {
            throw ApiError.digestInvalid(String.valueOf(e.getMessage()));
        }
        if (!digest.isVerifiable()) {
            throw ApiError.digestInvalid("the algorithm " + digest.algorithm() + " is not supported");
        }
        return digest;
    }
}
