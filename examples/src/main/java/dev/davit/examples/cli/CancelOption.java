package dev.davit.examples.cli;

import dev.davit.cri.CriClient;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits for the runtime, as crictl has it for those that make something. */
final class CancelOption {
    @Option(
            names = {"-T", "--cancel-timeout"},
            paramLabel = "SECONDS",
            description =
                    "How long a call may take before it is given up and undone; --call-timeout unless given, or 0.")
    private int seconds;

    void prepare(CriClient.Builder client) {
        if (seconds != 0) {
            client.timeout(Duration.ofSeconds(seconds));
        }
    }
}
