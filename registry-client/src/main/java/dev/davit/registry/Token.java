package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonReader;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A bearer token and until when it is good, by a clock that nobody sets. Its {@link #toString} hides it. */
final class Token {
    private static final Duration SHORTEST = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final Pattern VALUE = Pattern.compile("[!-~]{1,16384}");

    private final String value;
    private final long freshUntil;

    private Token(String value, Duration lifetime) {
        this.value = value;
        this.freshUntil = System.nanoTime() + lifetime.minus(MARGIN).toNanos();
    }

    /**
     * Reads the answer of a token server. Its clock may be wrong, so what counts is the lifetime it names and the time
     * at which the answer is here.
     *
     * @param subject what the token is for, for messages
     * @throws MalformedContentException if there is no usable token in it
     */
    static Token parse(String subject, byte[] json) {
        Fields fields;
        try {
            fields = JsonReader.parse("token", json, Fields::read);
        } catch (MalformedContentException e) {
            // no cause and no excerpt: what is broken may still be a secret
            throw new MalformedContentException(subject + ": expected a JSON object from the token server");
        }
        String value = fields.token != null ? fields.token : fields.accessToken;
        if (value == null || !VALUE.matcher(value).matches()) {
            throw new MalformedContentException(
                    subject + ": expected a token of printable characters from the token server, got "
                            + (value == null ? "none" : "something else"));
        }
        long seconds = Math.max(SHORTEST.toSeconds(), Math.min(LONGEST.toSeconds(), fields.expiresIn));
        return new Token(value, Duration.ofSeconds(seconds));
    }

    boolean isFresh() {
        return System.nanoTime() - freshUntil < 0;
    }

    String header() {
        return "Bearer " + value;
    }

    @Override
    public String toString() {
        return "bearer token";
    }

    private static final class Fields {
        private @Nullable String token;
        private @Nullable String accessToken;
        private long expiresIn;

        static Fields read(JsonReader in) {
            Fields fields = new Fields();
            in.object(List.of(), name -> {
                switch (name) {
                    case "token" -> fields.token = in.optionalString();
                    case "access_token" -> fields.accessToken = in.optionalString();
                    case "expires_in" -> fields.expiresIn = in.integer();
                    default -> in.skip();
                }
            });
            return fields;
        }
    }
}
