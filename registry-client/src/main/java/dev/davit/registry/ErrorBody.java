package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a registry says about its refusal: the JSON of the distribution specification, or whatever a proxy in front of
 * it writes.
 *
 * @param codes the error codes, as they are
 * @param text the first error as text that is fit for a message; empty if nothing was said
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes">distribution-spec,
 *     "Error Codes"</a>
 */
record ErrorBody(List<String> codes, String text) {
    /** How much of a body is looked at. */
    static final int LIMIT = 16 * 1024;

    private static final int MAX_CODES = 8;
    private static final int MAX_CODE_LENGTH = 100;

    static ErrorBody of(byte[] body) {
        if (body.length == 0) {
            return new ErrorBody(List.of(), "");
        }
        try {
            ErrorBody error = JsonReader.parse("error", body, ErrorBody::read);
            return error.text.isEmpty() ? new ErrorBody(error.codes, asItIs(body)) : error;
        } catch (MalformedContentException e) {
            return new ErrorBody(List.of(), asItIs(body));
        }
    }

    private static String asItIs(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.isEmpty() || text.equals("{}") ? "" : Text.quote(text);
    }

    private static ErrorBody read(JsonReader in) {
        List<Entry> entries = new ArrayList<>();
        in.object(List.of(), name -> {
            if (name.equals("errors")) {
                entries.addAll(in.array(() -> Entry.read(in)));
            } else {
                in.skip();
            }
        });
        List<String> codes = entries.stream()
                .map(entry -> entry.code)
                .filter(code -> code != null && code.length() <= MAX_CODE_LENGTH)
                .limit(MAX_CODES)
                .toList();
        return new ErrorBody(codes, entries.isEmpty() ? "" : entries.get(0).text());
    }

    private static final class Entry {
        private @Nullable String code;
        private @Nullable String message;

        static Entry read(JsonReader in) {
            Entry entry = new Entry();
            in.object(List.of(), name -> {
                switch (name) {
                    case "code" -> entry.code = in.string();
                    case "message" -> entry.message = in.string();
                    default -> in.skip();
                }
            });
            return entry;
        }

        String text() {
            String quoted = message == null || message.isEmpty() ? "" : Text.quote(message);
            if (code == null || code.isEmpty()) {
                return quoted;
            }
            return quoted.isEmpty() ? Text.plain(code) : Text.plain(code) + " " + quoted;
        }
    }
}
