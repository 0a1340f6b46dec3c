package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPlatformTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, linux/amd64",
        "x86_64, linux/amd64",
        "aarch64, linux/arm64",
        "x86, linux/386",
        "riscv64, linux/riscv64"
    })
    void asks_the_system_for_nothing_that_java_says(String java, String platform) {
        assertThat(HostPlatform.of(java, () -> {
                    throw new AssertionError("not needed");
                }))
                .hasToString(platform);
    }

    @ParameterizedTest
    @CsvSource({
        "8,       ARMv8 Processor,                      v8",
        "7,       ARMv7 Processor rev 3 (v7l),          v7",
        "7M,      Cortex-M,                             v7",
        "7,       ARMv6-compatible processor rev 7,     v6",
        "6TEJ,    ARM926EJ-S,                           v6",
        "5TE,     Feroceon,                             v5",
        "AArch64, something,                            v7",
        "?(99),   something,                            v7",
    })
    void asks_linux_for_the_version_of_a_32_bit_arm(String architecture, String model, String variant) {
        String cpuInfo = "processor\t: 0\nmodel name\t: " + model + "\nCPU architecture: " + architecture
                + "\nCPU part\t: 0xb76\n";

        assertThat(HostPlatform.of("arm", () -> cpuInfo)).hasToString("linux/arm/" + variant);
    }

    @Test
    void takes_the_usual_arm_where_linux_says_nothing() {
        assertThat(HostPlatform.of("aarch32", () -> "")).hasToString("linux/arm/v7");
    }

    @Test
    void knows_this_machine() {
        assertThat(Platform.host().os()).isEqualTo("linux");
        assertThat(Platform.host()).isEqualTo(Platform.host().normalized());
    }
}
