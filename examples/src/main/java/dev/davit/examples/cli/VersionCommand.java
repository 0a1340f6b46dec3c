package dev.davit.examples.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Shows the version of Davit and of Java.")
final class VersionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Override
    public void run() {
        String version = Davit.class.getPackage().getImplementationVersion();
        spec.commandLine()
                .getOut()
                .println("davit " + (version == null ? "from source" : version) + " on Java " + Runtime.version());
    }
}
