package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A bearer token and until when it is good, by a clock that nobody sets. Its {@link #toString} hides it. */
final class Token {
    private static final Duration SHORTEST = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(30);
    private static final Pattern VALUE = Pattern.compile("[!-~]{1,16384}");

    private final String value;
    private final @Nullable String refreshToken;
    private final LongSupplier clock;
    private final long freshUntil;

    private Token(String value, @Nullable String refreshToken, Duration lifetime, LongSupplier clock) {
        this.value = value;
        this.refreshToken = refreshToken;
        // renewed a little before it expires: the request that it goes with takes its time
        Duration tenth = lifetime.dividedBy(10);
        Duration margin = tenth.compareTo(LONGEST_MARGIN) < 0 ? tenth : LONGEST_MARGIN;
        this.clock = clock;
        this.freshUntil = clock.getAsLong() + lifetime.minus(margin).toNanos();
    }

    /**
     * Reads the answer of a token server. Its clock may be wrong, so what counts is the lifetime it names and the time
     * at which the answer is here.
     *
     * @param subject what the token is for, for messages
     * @param clock nanoseconds since whenever
     * @throws MalformedContentException if there is no usable token in it
     */
    static Token parse(String subject, byte[] json, LongSupplier clock) {
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
        long seconds = Math.max(SHORTEST.toSeconds(), Math.min(LONGEST.toSeconds(), (long) fields.expiresIn));
        return new Token(value, fields.refreshToken, Duration.ofSeconds(seconds), clock);
    }

    boolean isFresh() {
        return clock.getAsLong() - freshUntil < 0;
    }

    /** {@return the identity token to use from now on, if there is another one} */
    Optional<String> refreshToken() {
        return Optional.ofNullable(refreshToken);
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
        private @Nullable String refreshToken;
        private double expiresIn;

        static Fields read(JsonReader in) {
            Fields fields = new Fields();
            in.object(List.of(), name -> {
                switch (name) {
                    case "token" -> fields.token = in.optionalString();
                    case "access_token" -> fields.accessToken = in.optionalString();
                    case "refresh_token" -> fields.refreshToken = in.optionalString();
                    case "expires_in" -> fields.expiresIn = in.numberOrZero();
                    default -> in.skip();
                }
            });
            return fields;
        }
    }
}
