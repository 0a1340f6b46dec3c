package dev.davit.examples.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "logout", description = "Forgets the credentials for a registry.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LogoutCommand implements Callable<Integer> {
    @Parameters(paramLabel = "REGISTRY", description = "The registry: host[:port]; docker.io is Docker Hub.")
    private String registry;

    @Mixin
    private LoginFile file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String host = LoginFile.host(registry);
        boolean known = file.open().erase(host);
        spec.commandLine().getOut().println(known ? "logged out of " + host : "not logged in to " + host);
        return 0;
    }
}
