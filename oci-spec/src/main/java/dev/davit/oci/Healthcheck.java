package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How Docker finds out whether a container is healthy. The specification reserves the member; containerd and Kubernetes
 * ignore it. Two are equal if all properties that have a getter here are. Immutable and safe to share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties">image-spec, config.md,
 *     property "config", "Healthcheck"</a>
 */
public final class Healthcheck {
    private static final List<String> ORDER =
            List.of("Test", "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries");

    private final List<String> test;
    private final @Nullable Duration interval;
    private final @Nullable Duration timeout;
    private final @Nullable Duration startPeriod;
    private final @Nullable Duration startInterval;
    private final int retries;
    private final JsonMembers members;

    private Healthcheck(Builder b, JsonMembers members) {
        this.test = b.test;
        this.interval = b.interval;
        this.timeout = b.timeout;
        this.startPeriod = b.startPeriod;
        this.startInterval = b.startInterval;
        this.retries = b.retries;
        this.members = members;
    }

    /**
     * Starts a check.
     *
     * @param test the command: {@code CMD} and its arguments, {@code CMD-SHELL} and one line for a shell, or
     *     {@code NONE}, which switches off the check of the base image; nothing keeps that one's command
     * @return a builder
     */
    public static Builder builder(String... test) {
        return new Builder(JsonMembers.builder(ORDER)).test(test);
    }

    static Healthcheck read(JsonReader in) {
        Builder b = new Builder(JsonMembers.builder(ORDER));
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "Test" -> b.test = in.strings();
                case "Interval" -> b.interval = duration(in);
                case "Timeout" -> b.timeout = duration(in);
                case "StartPeriod" -> b.startPeriod = duration(in);
                case "StartInterval" -> b.startInterval = duration(in);
                case "Retries" -> b.retries = retries(in);
                default -> in.skip();
            }
        });
        return new Healthcheck(b, members);
    }

    /** Nanoseconds, and 0 for what was not said. */
    private static @Nullable Duration duration(JsonReader in) {
        long nanos = in.integer();
        return nanos == 0 ? null : Duration.ofNanos(nanos);
    }

    private static int retries(JsonReader in) {
        long retries = in.integer();
        if (retries != (int) retries) {
            throw in.violation("a number of retries", Long.toString(retries));
        }
        return (int) retries;
    }

    JsonMembers members() {
        return members;
    }

    /** {@return the command, as {@link #builder} describes it} */
    public List<String> test() {
        return test;
    }

    /** {@return the time between two checks} */
    public Optional<Duration> interval() {
        return Optional.ofNullable(interval);
    }

    /** {@return how long one check may take} */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /** {@return how long failures do not count after the start} */
    public Optional<Duration> startPeriod() {
        return Optional.ofNullable(startPeriod);
    }

    /** {@return the time between two checks in the start period} */
    public Optional<Duration> startInterval() {
        return Optional.ofNullable(startInterval);
    }

    /** {@return how many failures in a row make a container unhealthy} */
    public OptionalInt retries() {
        return retries == 0 ? OptionalInt.empty() : OptionalInt.of(retries);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Healthcheck h
                && h.test.equals(test)
                && Objects.equals(h.interval, interval)
                && Objects.equals(h.timeout, timeout)
                && Objects.equals(h.startPeriod, startPeriod)
                && Objects.equals(h.startInterval, startInterval)
                && h.retries == retries;
    }

    @Override
    public int hashCode() {
        return Objects.hash(test, interval, timeout, startPeriod, startInterval, retries);
    }

    /** {@return a builder that starts with everything this check carries, known or not} */
    public Builder toBuilder() {
        Builder b = new Builder(members.toBuilder());
        b.test = test;
        b.interval = interval;
        b.timeout = timeout;
        b.startPeriod = startPeriod;
        b.startInterval = startInterval;
        b.retries = retries;
        return b;
    }

    /** Builds or edits a check; a duration that is null or zero counts as not set. For one thread. */
    public static final class Builder {
        private List<String> test = List.of();
        private @Nullable Duration interval;
        private @Nullable Duration timeout;
        private @Nullable Duration startPeriod;
        private @Nullable Duration startInterval;
        private int retries;
        private final JsonMembers.Builder members;

        private Builder(JsonMembers.Builder members) {
            this.members = members;
        }

        /** Sets the command. */
        public Builder test(String... values) {
            this.test = List.of(values);
            members.putStrings("Test", test);
            return this;
        }

        /** Sets the time between two checks. */
        public Builder interval(@Nullable Duration value) {
            this.interval = put("Interval", value);
            return this;
        }

        /** Sets how long one check may take. */
        public Builder timeout(@Nullable Duration value) {
            this.timeout = put("Timeout", value);
            return this;
        }

        /** Sets how long failures do not count after the start. */
        public Builder startPeriod(@Nullable Duration value) {
            this.startPeriod = put("StartPeriod", value);
            return this;
        }

        /** Sets the time between two checks in the start period. */
        public Builder startInterval(@Nullable Duration value) {
            this.startInterval = put("StartInterval", value);
            return this;
        }

        /** Sets how many failures in a row make a container unhealthy; 0 takes it away. */
        public Builder retries(int value) {
            this.retries = value;
            members.putNumber("Retries", value);
            return this;
        }

        /** {@return the check; the builder may go on} */
        public Healthcheck build() {
            return new Healthcheck(this, members.build());
        }

        private @Nullable Duration put(String name, @Nullable Duration value) {
            members.putNumber(name, value == null ? 0 : value.toNanos());
            return value == null || value.isZero() ? null : value;
        }
    }
}
