package dev.davit.testkit.internal;

import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/** The layer that lets only the holder of a password through (RFC 7617). */
public final class BasicAuth implements Handler {
    private final Handler next;
    private final byte[] expected;

    /** Wraps a handler. */
    public BasicAuth(Handler next, String user, String password) {
        this.next = next;
        this.expected = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    }

    /** {@return the value of the {@code Authorization} header that lets in} */
    public static String header(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Response handle(Request request) throws IOException {
        boolean allowed =
                request.headers().first("Authorization").map(this::isExpected).orElse(false);
        if (allowed) {
            return next.handle(request);
        }
        return ApiError.of(401, "UNAUTHORIZED", "user and password are needed, and these are not the right ones")
                .with("WWW-Authenticate", "Basic realm=\"davit\", charset=\"UTF-8\"")
                .toResponse();
    }

    private boolean isExpected(String authorization) {
        int blank = authorization.indexOf(' ');
        if (blank < 0 || !authorization.substring(0, blank).equalsIgnoreCase("Basic")) {
            return false;
        }
        try {
            byte[] given =
                    Base64.getDecoder().decode(authorization.substring(blank).strip());
            return MessageDigest.isEqual(given, expected);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
