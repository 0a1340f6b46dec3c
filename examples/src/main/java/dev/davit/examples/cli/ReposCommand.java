package dev.davit.examples.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "repos", description = "Lists the repositories of a registry, if it tells.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ReposCommand implements Callable<Integer> {
    @Parameters(paramLabel = "REGISTRY", description = "The registry: host[:port].")
    private String registry;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String host = LoginFile.host(registry);
        try (Places places = new Places(registries.plainHttp, Place.parse("docker://" + host + "/x"))) {
            places.registry().repositories(host).forEach(spec.commandLine().getOut()::println);
            return 0;
        }
    }
}
