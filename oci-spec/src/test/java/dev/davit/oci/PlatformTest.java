package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "linux/amd64,      linux/amd64",
        "linux/x86_64,     linux/amd64",
        "linux/aarch64,    linux/arm64",
        "linux/arm64/v8,   linux/arm64",
        "linux/armhf,      linux/arm/v7",
        "linux/arm,        linux/arm/v7",
        "linux/arm/6,      linux/arm/v6",
        "Linux/AMD64,      linux/amd64",
        "windows/amd64,    windows/amd64",
        "linux/riscv64,    linux/riscv64",
    })
    void understands_the_spellings_of_other_tools(String text, String platform) {
        assertThat(Platform.parse(text)).hasToString(platform);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "linux/", "/amd64", "a/b/c/d", "linux/a b", "linux/../x"})
    void refuses_what_is_no_platform(String text) {
        assertThatThrownBy(() -> Platform.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64,    linux/amd64,    true",
        "linux/arm64/v8, linux/arm64,    true",
        "linux/arm64,    linux/arm64/v8, true",
        "linux/arm/v6,   linux/arm/v7,   false",
        "linux/amd64,    linux/arm64,    false",
        "windows/amd64,  linux/amd64,    false",
    })
    void satisfies_what_is_wanted(String have, String want, boolean fits) {
        assertThat(of(have).satisfies(of(want))).isEqualTo(fits);
    }

    /** As a document says it, before any normalisation. */
    private static Platform of(String text) {
        String[] parts = text.split("/", -1);
        return Platform.of(parts[0], parts[1], parts.length > 2 ? parts[2] : null);
    }
}
