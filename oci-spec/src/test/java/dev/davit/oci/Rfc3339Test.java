package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's parser is the oracle. */
class Rfc3339Test {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "2024-02-29T12:30:59.1Z",
                "2024-02-29T12:30:59.000000001Z",
                "2024-02-29T12:30:59.120Z",
                "2024-02-29T12:30:59+02:00",
                "2024-02-29T12:30:59.5-11:30",
                "2024-02-29t12:30:59z"
            })
    void a_time_is_what_the_jdk_says(String text) {
        assertThat(Rfc3339.parse(text)).isEqualTo(OffsetDateTime.parse(text).toInstant());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2024-02-30T00:00:00Z",
                "2023-02-29T00:00:00Z",
                "2024-13-01T00:00:00Z",
                "2024-02-01T24:00:00Z",
                "2024-02-01T23:60:00Z",
                "2024-02-01T23:59:60Z",
                "2024-02-01T23:59:59.1234567890Z",
                "2024-02-01T23:59:59,5Z",
                "2024-02-01 23:59:59Z",
                "2024-02-01T23:59:59",
                "2024-2-1T23:59:59Z",
                "+024-02-01T23:59:59Z",
                "2024-02-01T23:59:59.5x"
            })
    void what_is_no_time_is_refused(String text) {
        assertThatThrownBy(() -> Rfc3339.parse(text))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected RFC 3339 date and time");
    }

    @Test
    void times_with_anything_changed_in_them_are_what_the_jdk_says() {
        Random random = new Random(11);
        String characters = "0123456789TZ.:-+, z\u0663";
        for (int i = 0; i < 20_000; i++) {
            Instant time =
                    Instant.ofEpochSecond(random.nextInt(), random.nextBoolean() ? 0 : random.nextInt(1_000_000_000));
            StringBuilder text = new StringBuilder(time.toString());
            if (random.nextBoolean()) {
                text.setCharAt(random.nextInt(text.length()), characters.charAt(random.nextInt(characters.length())));
            }
            Instant expected;
            try {
                expected = OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                expected = null;
            }
            Instant actual;
            try {
                actual = Rfc3339.parse(text.toString());
            } catch (MalformedContentException e) {
                actual = null;
            }
            assertThat(actual).as(text.toString()).isEqualTo(expected);
        }
    }
}
