package dev.davit.examples.cli;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Reference;
import dev.davit.registry.CredentialFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where logins are kept. */
final class LoginFile {
    private static final String TRANSPORT = "docker://";

    @Option(
            names = "--authfile",
            paramLabel = "FILE",
            description = "The file to keep it in, instead of Docker's; Podman's has the same format.")
    private @Nullable Path file;

    CredentialFile open() {
        return file == null ? CredentialFile.docker() : CredentialFile.at(file);
    }

    /** {@return the registry that is meant, as references name it} */
    static String host(String text) {
        String rest = text.startsWith(TRANSPORT) ? text.substring(TRANSPORT.length()) : text;
        String registry = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        // what comes before a slash is a host only if it cannot be a part of a name on Docker Hub
        if (registry.indexOf('/') < 0) {
            try {
                Reference reference = Reference.parse(registry + "/library/image");
                if (reference.repository().equals("library/image")) {
                    return reference.host();
                }
            } catch (MalformedContentException e) {
                // nobody wrote the name that this complains of
            }
        }
        throw new IllegalArgumentException("registry \"" + text + "\": expected host[:port], such as localhost:5000");
    }
}
