package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** One request to a registry, before it is known how to reach it: what is asked, on whose behalf, for which purpose. */
final class RegistryRequest {
    private final String method;
    private final String subject;
    private final Side side;
    private final Scope scope;
    private final @Nullable String path;
    private final @Nullable HttpUrl url;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable RequestContent body;
    private @Nullable Duration limit;
    private @Nullable Descriptor descriptor;

    private RegistryRequest(
            String method, @Nullable String path, @Nullable HttpUrl url, Scope scope, Side side, String subject) {
        this.method = method;
        this.path = path;
        this.url = url;
        this.scope = scope;
        this.side = side;
        this.subject = subject;
    }

    /**
     * A request to an endpoint of the protocol.
     *
     * @param method the HTTP method
     * @param path path and query below {@code /v2/}
     * @param scope what the request needs to be allowed
     * @param side which side of a transfer this registry is
     * @param subject what it is about, for messages
     */
    static RegistryRequest of(String method, String path, Scope scope, Side side, String subject) {
        return new RegistryRequest(method, path, null, scope, side, subject);
    }

    /** The same for a URL that the registry has told us. */
    static RegistryRequest at(String method, HttpUrl url, Scope scope, Side side, String subject) {
        return new RegistryRequest(method, null, url, scope, side, subject);
    }

    /** {@return the tag or digest of the manifest or blob that is asked for, if that is what is asked for} */
    Optional<String> identifier() {
        return behind("/manifests/").or(() -> behind("/blobs/"));
    }

    private Optional<String> behind(String kind) {
        String start = scope.repository() + kind;
        if (path == null || !path.startsWith(start)) {
            return Optional.empty();
        }
        String name = path.substring(start.length());
        return name.indexOf('/') < 0 && name.indexOf('?') < 0 ? Optional.of(name) : Optional.empty();
    }

    /**
     * The same for a server that has the content of this one.
     *
     * @param rename says what a repository is called there
     * @param namespace the registry that is meant, if the server wants to know it, or nothing
     */
    RegistryRequest adapted(UnaryOperator<String> rename, String namespace) {
        String repository = scope.repository();
        if (path == null || repository.isEmpty()) {
            return this;
        }
        String there = rename.apply(repository) + path.substring(repository.length());
        String query = namespace.isEmpty() ? "" : "?ns=" + namespace;
        Scope renamed = Scope.pull(rename.apply(repository));
        RegistryRequest adapted = new RegistryRequest(method, there + query, null, renamed, side, subject);
        adapted.headers.putAll(headers);
        adapted.body = body;
        adapted.limit = limit;
        adapted.descriptor = descriptor;
        return adapted;
    }

    RegistryRequest header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Sends content, with the length and the media type that its descriptor says. */
    RegistryRequest body(Blob content, String contentType) {
        return body(RequestContent.of(content), contentType);
    }

    RegistryRequest body(RequestContent content, String contentType) {
        this.body = content;
        return header("Content-Type", contentType);
    }

    /** Gives up after some time, whatever is going on. */
    RegistryRequest within(Duration time) {
        this.limit = time;
        return this;
    }

    /** Says which content is being moved, for exceptions. */
    RegistryRequest moving(Descriptor content) {
        this.descriptor = content;
        return this;
    }

    /** {@return where it goes, if the registry is at the given {@code …/v2/}} */
    HttpUrl url(HttpUrl base) {
        if (url != null) {
            return url;
        }
        HttpUrl resolved = base.resolve(base.encodedPath() + path);
        if (resolved == null) {
            throw new IllegalArgumentException("no path: " + path);
        }
        return resolved;
    }

    String method() {
        return method;
    }

    String subject() {
        return subject;
    }

    Side side() {
        return side;
    }

    Scope scope() {
        return scope;
    }

    Map<String, String> headers() {
        return headers;
    }

    @Nullable
    RequestContent body() {
        return body;
    }

    @Nullable
    Duration limit() {
        return limit;
    }

    @Nullable
    Descriptor descriptor() {
        return descriptor;
    }

    /** {@return whether it is sent again as it is when it got lost} */
    boolean isRepeatable() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
