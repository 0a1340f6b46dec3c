package dev.davit.examples.cli;

import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.registry.CredentialFile;
import dev.davit.registry.RegistryClient;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "login",
        description = "Keeps the credentials for a registry where Docker keeps them, after it has accepted them.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LoginCommand implements Callable<Integer> {
    private static final int MAX_PASSWORD = 64 * 1024;

    @Parameters(paramLabel = "REGISTRY", description = "The registry: host[:port]; docker.io is Docker Hub.")
    private String registry;

    @Option(
            names = {"-u", "--username"},
            paramLabel = "USER",
            description = "The user; asked for if left out.")
    private @Nullable String user;

    @Option(names = "--password-stdin", description = "Reads the password from standard input.")
    private boolean passwordFromInput;

    @Mixin
    private LoginFile file;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        String host = LoginFile.host(registry);
        Credentials credentials = new Credentials(user(), password());
        RegistryClient.Builder client =
                RegistryClient.builder().conventions().credentials(CredentialSource.of(host, credentials));
        if (registries.plainHttp) {
            client.allowPlainHttp(host);
        }
        CredentialFile logins = file.open();
        try (RegistryClient opened = client.build()) {
            if (!opened.ping(host).asksForCredentials()) {
                spec.commandLine().getErr().println("davit: " + host + " asks nobody who he is: nothing was checked");
            }
        }
        spec.commandLine().getOut().println("logged in to " + host + ", kept in " + logins.store(host, credentials));
        return 0;
    }

    private String user() {
        if (user == null) {
            user = console().readLine("User: ");
        }
        if (user == null || user.isEmpty() || user.indexOf(':') >= 0) {
            throw new ParameterException(spec.commandLine(), "expected a user without a colon in it");
        }
        return user;
    }

    private String password() throws IOException {
        if (!passwordFromInput) {
            char[] typed = console().readPassword("Password: ");
            return typed == null ? "" : new String(typed);
        }
        byte[] bytes = System.in.readNBytes(MAX_PASSWORD + 1);
        if (bytes.length > MAX_PASSWORD) {
            throw new IllegalArgumentException("password: expected at most " + MAX_PASSWORD + " bytes, got more");
        }
        return new String(bytes, StandardCharsets.UTF_8).replaceFirst("\r?\n$", "");
    }

    @SuppressWarnings("SystemConsoleNull") // since JDK 22 there may be one without a terminal: it reads standard input
    private Console console() {
        Console console = System.console();
        if (console == null) {
            throw new ParameterException(
                    spec.commandLine(), "there is no terminal to ask on: use --username and --password-stdin");
        }
        return console;
    }
}
