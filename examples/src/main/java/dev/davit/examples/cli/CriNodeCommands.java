package dev.davit.examples.cli;

import dev.davit.cri.CriClient;
import dev.davit.cri.Metric;
import dev.davit.cri.RuntimeStatus;
import dev.davit.cri.RuntimeVersion;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands of {@code davit cri} that are about the runtime itself, by the names that crictl has for them. */
final class CriNodeCommands {
    private CriNodeCommands() {}

    @Command(name = "version", description = "Shows name and version of the runtime.")
    @SuppressWarnings("NullAway.Init")
    static final class Version extends CriSubcommand {
        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            RuntimeVersion version = node.runtime().version();
            return output.show(version, () -> version);
        }
    }

    @Command(name = "info", description = "Shows whether the runtime is ready, and, as JSON or YAML, how it is set up.")
    @SuppressWarnings("NullAway.Init")
    static final class Info extends CriSubcommand {
        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            RuntimeStatus status = node.runtime().status();
            return output.show(Document.of(status, node.runtime().info()), () -> {
                Table table = new Table("CONDITION", "HOLDS", "REASON", "MESSAGE");
                status.conditions()
                        .forEach(each -> table.row(each.type(), "" + each.holds(), each.reason(), each.message()));
                return table;
            });
        }
    }

    @Command(name = "runtime-config", description = "Shows how the runtime manages control groups, where it says so.")
    @SuppressWarnings("NullAway.Init")
    static final class Config extends CriSubcommand {
        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            String driver = node.runtime().cgroupDriver().map(Object::toString).orElse("not told");
            return output.show(Map.of("cgroupDriver", driver), () -> "cgroup driver: " + driver);
        }
    }

    @Command(name = "update-runtime-config", description = "Tells the runtime from which addresses pods get theirs.")
    @SuppressWarnings("NullAway.Init")
    static final class UpdateConfig extends CriSubcommand {
        @Option(names = "--pod-cidr", required = true, paramLabel = "CIDR", description = "Such as 10.88.0.0/16.")
        private String cidr;

        @Override
        int run(CriClient node) {
            node.runtime().updatePodCidr(cidr);
            return 0;
        }
    }

    @Command(name = "metricdescs", description = "Lists what metrics the runtime has, if any.")
    @SuppressWarnings("NullAway.Init")
    static final class Metrics extends CriSubcommand {
        @Mixin
        private Output output;

        @Override
        int run(CriClient node) {
            List<Metric.Descriptor> all = node.stats().metricDescriptors();
            Table table = new Table("METRIC", "LABELS", "HELP");
            all.forEach(each -> table.row(each.name(), String.join(",", each.labelKeys()), each.help()));
            return output.show(all, () -> table);
        }
    }
}
