package dev.davit.testkit.internal;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.testkit.http.Headers;
import dev.davit.testkit.http.Response;
import java.util.List;

/** An answer other than success, in the form that the distribution specification gives errors; thrown to end a request. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Headers headers;

    private ApiError(int status, String code, String message, Headers headers) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = headers;
    }

    /**
     * Makes an error.
     *
     * @param code one of the specification's codes, such as {@code BLOB_UNKNOWN}
     * @param message what a person needs to know
     */
    static ApiError of(int status, String code, String message) {
        return new ApiError(status, code, message, Headers.none());
    }

    static ApiError nameUnknown(String repository) {
        return of(404, "NAME_UNKNOWN", "there is no repository " + repository);
    }

    static ApiError digestInvalid(String message) {
        return of(400, "DIGEST_INVALID", message);
    }

    /** Returns this error with a header field on its response. */
    ApiError with(String header, String value) {
        return new ApiError(status, code, String.valueOf(getMessage()), headers.with(header, value));
    }

    Response toResponse() {
        JsonMembers.Builder error = JsonMembers.builder(List.of("code", "message"));
        error.put("code", code);
        error.put("message", getMessage());
        JsonMembers.Builder body = JsonMembers.builder(List.of());
        body.putObjects("errors", List.of(error.build()));
        return new Response(status, headers, Response.Body.EMPTY)
                .with("application/json", body.build().toBytes());
    }
}
