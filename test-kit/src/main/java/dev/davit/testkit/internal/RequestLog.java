package dev.davit.testkit.internal;

import dev.davit.testkit.RecordedRequest;
import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.Headers;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The layer that remembers requests. A request is in the log before its response is on the wire, so that a client that
 * has its answer finds it there. Thread-safe.
 */
public final class RequestLog implements Handler {
    private final Handler next;
    private final int capacity;
    private final ArrayDeque<RecordedRequest> requests = new ArrayDeque<>();

    /**
     * Wraps a handler.
     *
     * @param next answers the requests
     * @param capacity how many requests to remember; older ones are forgotten
     */
    public RequestLog(Handler next, int capacity) {
        this.next = next;
        this.capacity = capacity;
    }

    @Override
    public Response handle(Request request) throws IOException {
        try {
            Response response = next.handle(request);
            record(request, response.status());
            return response;
        } catch (IOException e) {
            record(request, 0);
            throw e;
        }
    }

    private void record(Request request, int status) {
        RecordedRequest recorded = new RecordedRequest(
                request.method(), request.path(), request.parameters(), withoutSecrets(request.headers()), status);
        synchronized (requests) {
            if (requests.size() == capacity) {
                requests.removeFirst();
            }
            requests.addLast(recorded);
        }
    }

    /** {@return the requests so far, oldest first} */
    public List<RecordedRequest> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    private static Map<String, List<String>> withoutSecrets(Headers headers) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            String key = name.toLowerCase(Locale.ROOT);
            boolean secret = key.equals("authorization") || key.equals("proxy-authorization");
            fields.computeIfAbsent(key, k -> new ArrayList<>())
                    .add(secret ? value.replaceFirst("(?s)(^\\S*).*", "$1 ***") : value);
        });
        fields.replaceAll((name, values) -> List.copyOf(values));
        return fields;
    }
}
