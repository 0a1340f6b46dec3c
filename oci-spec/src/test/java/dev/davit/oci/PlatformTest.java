package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
        "macOS/arm64,      darwin/arm64",
        "linux/arm64/v9.2, linux/arm64/v9.2",
        "windows(10.0.20348+win32k)/amd64, windows(10.0.20348+win32k)/amd64",
        "windows()/amd64,  windows/amd64",
        "linux(+a%2Fb)/x86_64, linux(+a%2Fb)/amd64",
        "Linux/AMD64,      linux/amd64",
        "windows/amd64,    windows/amd64",
        "linux/riscv64,    linux/riscv64",
    })
    void understands_the_spellings_of_other_tools(String text, String platform) {
        assertThat(Platform.parse(text)).hasToString(platform);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "linux",
                "linux/",
                "/amd64",
                "a/b/c/d",
                "linux/a b",
                "linux/../x",
                "linux(/amd64",
                "linux(%zz)/amd64",
                "linux(%)/amd64",
                "linux(a+)/amd64",
                "a.b/amd64",
                "linux/amd64\n"
            })
    void refuses_what_is_no_platform(String text) {
        assertThatThrownBy(() -> Platform.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reads_version_and_features_of_the_system() {
        Platform platform = Platform.parse("windows(10.0.20348.1+win32k+a%2Bb)/amd64");

        assertThat(platform.osVersion()).contains("10.0.20348.1");
        assertThat(platform.osFeatures()).containsExactly("win32k", "a+b");
        assertThat(platform.normalized()).isEqualTo(platform).hasToString("windows(10.0.20348.1+win32k+a%2Bb)/amd64");
    }

    @Test
    void refuses_a_platform_of_a_thousand_characters_in_a_short_line() {
        assertThatThrownBy(() -> Platform.parse("linux/" + "a".repeat(1100)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(1106 characters)");
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64,       linux/amd64,      true",
        "linux/arm64/v8,    linux/arm64,      true",
        "linux/arm64,       linux/arm64/v8,   true",
        "linux/arm/v6,      linux/arm/v7,     true",
        "linux/arm/v7,      linux/arm/v6,     false",
        "linux/arm/v4,      linux/arm/v7,     false",
        "linux/amd64/v3,    linux/amd64,      false",
        "linux/amd64/v3,    linux/amd64/v2,   false",
        "linux/amd64,       linux/amd64/v3,   true",
        "linux/amd64/v99999999999, linux/amd64, false",
        "linux/amd64,       linux/amd64/v99999999999, false",
        "linux/386,         linux/amd64,      true",
        "linux/amd64,       linux/386,        false",
        "linux/arm/v7,      linux/arm64,      true",
        "linux/arm/v8,      linux/arm64/v9.2, true",
        "linux/arm64,       linux/arm/v8,     false",
        "linux/amd64,       linux/arm64,      false",
        "windows/amd64,     linux/amd64,      false",
        "linux/riscv64/x,   linux/riscv64,    true",
        "linux/riscv64,     linux/riscv64/x,  false",
        "linux/arm64/v8.5,  linux/arm64,      false",
        "linux/arm64/v9,    linux/arm64,      false",
    })
    void satisfies_what_is_wanted(String have, String want, boolean fits) {
        assertThat(of(have).satisfies(of(want))).isEqualTo(fits);
    }

    @Test
    void prefers_the_newest_version_of_64_bit_arm_that_runs() {
        assertThat(best(
                        "arm64/v9.1",
                        "arm/v7",
                        "arm64",
                        "arm64/v8.6",
                        "arm64/v8.7",
                        "arm64/v9.2",
                        "arm64/v9",
                        "arm64/v8.5",
                        "arm64/v9.1"))
                .containsExactly("arm64/v9.1", "arm64/v9", "arm64/v8.6", "arm64/v8.5", "arm64", "arm/v7");
        assertThat(best("arm64/v8.2", "arm/v8", "arm64/v8.1", "arm64/v8.3", "arm64/v9", "arm64/v8", "arm64/v8.2"))
                .containsExactly("arm64/v8.2", "arm64/v8.1", "arm64/v8", "arm/v8");
        assertThat(best("riscv64", "riscv64/b", "riscv64", "riscv64/a"))
                .containsExactly("riscv64", "riscv64/b", "riscv64/a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.17763.1 | 10.0.17763.10 10.0.17763.9 -",
                "10.0.20348   | 10.0.20348.55 -",
                "10.0.26100.5 | 10.0.26100.7 10.0.25398.1 10.0.20348.55 -",
                "''           | 10.0.17763.9 10.0.26100.7 10.0.20348.55 - 10.0.17763.10 6.3.26100 10.0.25398.1 x",
            })
    void asks_windows_for_the_version_and_takes_the_newest_that_runs(String version, String fitting) {
        Platform wanted = Platform.parse("windows(" + version + ")/amd64");
        List<String> versions = List.of(
                "10.0.17763.9",
                "10.0.26100.7",
                "10.0.20348.55",
                "-",
                "10.0.17763.10",
                "6.3.26100",
                "10.0.25398.1",
                "x");

        List<String> fits = versions.stream()
                .map(text -> Platform.parse("windows(" + text.replace("-", "") + ")/amd64"))
                .filter(image -> image.satisfies(wanted))
                .sorted(Platform.bestFor(wanted))
                .map(image -> image.osVersion().orElse("-"))
                .toList();

        assertThat(fits).containsExactly(fitting.split(" "));
    }

    private static List<String> best(String wanted, String... images) {
        return Stream.of(images)
                .map(image -> of("linux/" + image))
                .filter(image -> image.satisfies(of("linux/" + wanted)))
                .sorted(Platform.bestFor(of("linux/" + wanted)))
                .map(image -> image.toString().substring("linux/".length()))
                .toList();
    }

    /** As a document says it, before any normalisation. */
    private static Platform of(String text) {
        String[] parts = text.split("/", -1);
        return Platform.of(parts[0], parts[1], parts.length > 2 ? parts[2] : null);
    }
}
