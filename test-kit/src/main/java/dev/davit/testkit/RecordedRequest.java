package dev.davit.testkit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client asked an {@link EmbeddedRegistry} for, and how it was answered. Immutable.
 *
 * @param method the method: {@code GET}
 * @param path the path with its escapes decoded, without the query: {@code /v2/acme/server/manifests/1.4.0}
 * @param parameters the decoded parameters of the query, each with its values in their order
 * @param headers the header fields by name, in lower case, each with its values in their order; of {@code authorization}
 *     and {@code proxy-authorization} only the scheme is kept, as in {@code Basic ***}
 * @param status the status of the response, or 0 if there was none
 */
public record RecordedRequest(
        String method,
        String path,
        Map<String, List<String>> parameters,
        Map<String, List<String>> headers,
        int status) {

    /** Copies the maps. */
    public RecordedRequest {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** {@return method, path and status in one line, for the message of an assertion} */
    @Override
    public String toString() {
        return method + " " + path + (parameters.isEmpty() ? "" : "?" + parameters.keySet()) + " " + status;
    }
}
