package dev.davit.testkit.internal;

import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The layer that notices credentials which arrive where nobody has asked for any, or which are those of another registry of
 * this JVM. Thread-safe.
 */
public final class StrayCredentials implements Handler, AutoCloseable {
    /** All that listen. */
    private static final Set<StrayCredentials> LIVING = ConcurrentHashMap.newKeySet();

    private final Handler next;
    private final String own;
    private final List<String> found = new CopyOnWriteArrayList<>();
    private volatile boolean asked;

    /**
     * Wraps a handler.
     *
     * @param own the value of the {@code Authorization} header that belongs here, or nothing if none is asked for
     */
    public StrayCredentials(Handler next, String own) {
        this.next = next;
        this.own = own;
        this.asked = !own.isEmpty();
        LIVING.add(this);
    }

    @Override
    public Response handle(Request request) throws IOException {
        String credentials = request.headers().first("Authorization").orElse("");
        if (!credentials.isEmpty() && (!asked || belongsToAnother(credentials))) {
            found.add(request.method() + " " + request.path());
        }
        Response response = next.handle(request);
        asked |= response.headers().first("WWW-Authenticate").isPresent();
        return response;
    }

    private boolean belongsToAnother(String credentials) {
        return !credentials.equals(own) && LIVING.stream().anyMatch(other -> other.own.equals(credentials));
    }

    /** {@return the requests that carried them, oldest first} */
    public List<String> found() {
        return List.copyOf(found);
    }

    /** Ends; what was found stays. */
    @Override
    public void close() {
        LIVING.remove(this);
    }
}
