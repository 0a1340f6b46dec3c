package dev.davit.testkit.http;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request as it arrived: head parsed, body still on the wire.
 *
 * @param method the method, as sent: {@code GET}
 * @param path the path of the target with its percent-escapes decoded, beginning with {@code /}; it is text, not yet a
 *     name of anything, and may hold every character
 * @param parameters the decoded query parameters, each with all its values in their order
 * @param target the target as sent, with its query
 * @param headers the header fields
 * @param contentLength the number of bytes in the body, 0 without a body, or -1 if only its end will tell
 * @param body the body, never null; reading it throws {@link HttpProtocolException} if it is cut or malformed. The first
 *     read tells a client that waits for {@code 100 Continue} to go on.
 */
public record Request(
        String method,
        String path,
        Map<String, List<String>> parameters,
        String target,
        Headers headers,
        long contentLength,
        InputStream body) {

    /** Returns the first value of a query parameter. */
    public Optional<String> parameter(String name) {
        return parameters.getOrDefault(name, List.of()).stream().findFirst();
    }
}
