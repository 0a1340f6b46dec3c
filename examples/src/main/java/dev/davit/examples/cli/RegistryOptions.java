package dev.davit.examples.cli;

import picocli.CommandLine.Option;

/** The options of every command that may speak to a registry. */
final class RegistryOptions {
    @Option(names = "--plain-http", description = "Speaks HTTP without TLS to every registry on the line.")
    boolean plainHttp;
}
