package dev.davit.testkit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.testkit.RecordedRequest;
import dev.davit.testkit.http.Headers;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestLogTest {
    private static Request get(String path) {
        return new Request("GET", path, Map.of(), path, Headers.none(), 0, InputStream.nullInputStream());
    }

    @Test
    void forgets_the_oldest_requests_first() throws IOException {
        RequestLog log = new RequestLog(request -> Response.of(204), 3);

        for (int i = 0; i < 5; i++) {
            log.handle(get("/" + i));
        }

        assertThat(log.requests()).extracting(RecordedRequest::path).containsExactly("/2", "/3", "/4");
    }
}
