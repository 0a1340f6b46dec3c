package dev.davit.testkit.internal;

import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The layer that notices credentials which arrive where nobody has asked for any. Thread-safe. */
public final class StrayCredentials implements Handler {
    private final Handler next;
    private final List<String> found = new CopyOnWriteArrayList<>();
    private volatile boolean asked;

    /**
     * Wraps a handler.
     *
     * @param asked whether credentials are asked for anyway
     */
    public StrayCredentials(Handler next, boolean asked) {
        this.next = next;
        this.asked = asked;
    }

    @Override
    public Response handle(Request request) throws IOException {
        if (!asked && request.headers().first("Authorization").isPresent()) {
            found.add(request.method() + " " + request.path());
        }
        Response response = next.handle(request);
        asked |= response.headers().first("WWW-Authenticate").isPresent();
        return response;
    }

    /** {@return the requests that carried them, oldest first} */
    public List<String> found() {
        return List.copyOf(found);
    }
}
