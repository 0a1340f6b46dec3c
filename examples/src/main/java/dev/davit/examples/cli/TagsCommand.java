package dev.davit.examples.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "tags", description = "Lists the names that a repository, a layout or an archive has.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class TagsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "The place; a name in it makes no difference.")
    private Place place;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, place)) {
            places.tags(place).forEach(spec.commandLine().getOut()::println);
            return 0;
        }
    }
}
