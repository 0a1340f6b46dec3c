package dev.davit.registry;

import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import okhttp3.Response;

/** What came back for a {@link RegistryRequest}: status and headers, and a body that is read while it arrives. */
final class Reply implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final Response response;
    private final InterruptGuard guard;
    private final RegistryRequest request;

    Reply(Response response, InterruptGuard guard, RegistryRequest request) {
        this.response = response;
        this.guard = guard;
        this.request = request;
    }

    int status() {
        return response.code();
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(response.header(name));
    }

    List<String> headers(String name) {
        return response.headers(name);
    }

    List<Challenge> challenges() {
        return response.challenges();
    }

    /** {@return the URL that answered} */
    HttpUrl url() {
        return response.request().url();
    }

    RegistryRequest request() {
        return request;
    }

    /** {@return how long the body is, or -1 if only its end will tell} */
    long length() {
        return header("Content-Length")
                .filter(value -> LENGTH.matcher(value).matches())
                .map(Long::parseLong)
                .orElse(-1L);
    }

    /** {@return the body; closing it closes the reply} */
    InputStream body() {
        return new ReplyBody(this, response.body().byteStream(), guard);
    }

    /**
     * Reads the whole body.
     *
     * @param limit how many bytes are accepted
     * @throws MalformedContentException if there are more
     */
    byte[] read(int limit) {
        try (InputStream in = body()) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new MalformedContentException(
                        request.subject() + ": expected an answer of at most " + limit + " bytes, got more");
            }
            if (length() >= 0 && length() != bytes.length) {
                throw new IntegrityException(request.subject(), length() + " bytes", bytes.length + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw Failures.io(request, url(), e);
        }
    }

    /** {@return the beginning of the body, as far as it can be read: for messages} */
    byte[] peek(int limit) {
        try {
            return guard.during(() -> response.body().byteStream().readNBytes(limit));
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Override
    public void close() {
        response.close();
    }
}
