package dev.davit.testkit.internal;

import dev.davit.oci.internal.Text;
import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.HttpProtocolException;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A registry as a function from requests to responses: the OCI distribution specification 1.1 over a {@link
 * ContentFolder}. Whoever may call it may do everything.
 */
public final class RegistryHandler implements Handler, AutoCloseable {
    private static final Logger LOG = System.getLogger(RegistryHandler.class.getName());

    private final ContentFolder content;
    private final BlobEndpoint blobs;
    private final UploadEndpoint uploads;
    private final ManifestEndpoint manifests;
    private final ListEndpoint lists;
    private final boolean referrers;

    private RegistryHandler(ContentFolder content, Repositories repositories, boolean sparse, boolean referrers) {
        this.content = content;
        this.referrers = referrers;
        this.blobs = new BlobEndpoint(content, repositories);
        this.uploads = new UploadEndpoint(repositories, new Uploads(content));
        this.manifests = new ManifestEndpoint(content, repositories, sparse, referrers);
        this.lists = new ListEndpoint(content, repositories);
    }

    /**
     * Opens a registry on what a folder holds.
     *
     * @param folder the folder, or null for a new temporary one
     * @param sparse whether a manifest is taken before what it refers to
     * @param referrers whether it knows what refers to a manifest
     * @throws IOException if the folder cannot be read, or another registry uses it
     */
    public static RegistryHandler open(@Nullable Path folder, boolean sparse, boolean referrers) throws IOException {
        ContentFolder content = folder == null ? ContentFolder.temporary() : ContentFolder.at(folder);
        try {
            return new RegistryHandler(content, Repositories.in(content), sparse, referrers);
        } catch (IOException | RuntimeException e) {
            content.close();
            throw e;
        }
    }

    @Override
    public Response handle(Request request) throws IOException {
        try {
            return route(request, Route.parse(request.path()));
        } catch (ApiError e) {
            return e.toResponse();
        } catch (HttpProtocolException e) {
            throw e; // the client's failure
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the storage failed", e);
            return ApiError.of(500, "UNKNOWN", "the storage failed: " + Text.plain(String.valueOf(e.getMessage())))
                    .toResponse();
        }
    }

    private Response route(Request request, Route route) throws IOException {
        // HEAD is GET: the server leaves the body out
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        return switch (route.endpoint()) {
            case BASE ->
                switch (method) {
                    case "GET" -> Response.of(200).with("application/json", new byte[] {'{', '}'});
                    default -> throw notAllowed("GET, HEAD");
                };
            case CATALOG ->
                switch (method) {
                    case "GET" -> lists.catalog(request);
                    default -> throw notAllowed("GET, HEAD");
                };
            case TAGS ->
                switch (method) {
                    case "GET" -> lists.tags(request, route);
                    default -> throw notAllowed("GET, HEAD");
                };
            case REFERRERS -> {
                if (!referrers) {
                    throw Route.unknown(request.path());
                }
                yield switch (method) {
                    case "GET" -> lists.referrers(request, route);
                    default -> throw notAllowed("GET, HEAD");
                };
            }
            case MANIFEST ->
                switch (method) {
                    case "GET" -> manifests.get(request, route);
                    case "PUT" -> manifests.put(request, route);
                    case "DELETE" -> manifests.delete(request, route);
                    default -> throw notAllowed("GET, HEAD, PUT, DELETE");
                };
            case BLOB ->
                switch (method) {
                    case "GET" -> blobs.get(request, route);
                    case "DELETE" -> blobs.delete(route);
                    default -> throw notAllowed("GET, HEAD, DELETE");
                };
            case UPLOADS ->
                switch (method) {
                    case "POST" -> uploads.begin(request, route);
                    default -> throw notAllowed("POST");
                };
            case UPLOAD ->
                switch (method) {
                    case "GET" -> uploads.status(route);
                    case "PATCH" -> uploads.append(request, route);
                    case "PUT" -> uploads.close(request, route);
                    case "DELETE" -> uploads.cancel(route);
                    default -> throw notAllowed("GET, HEAD, PATCH, PUT, DELETE");
                };
        };
    }

    private static ApiError notAllowed(String allowed) {
        return ApiError.of(405, "UNSUPPORTED", "only these methods are served here: " + allowed)
                .with("Allow", allowed);
    }

    /**
     * Wraps a handler so that every answer, also the refusals of other layers, says that this is a registry: old clients
     * look for it.
     */
    public static Handler labelled(Handler next) {
        return request -> next.handle(request).with("Docker-Distribution-API-Version", "registry/2.0");
    }

    /** Ends all uploads, and deletes a temporary folder. Nothing may be handled any more. */
    @Override
    public void close() {
        content.close();
    }
}
