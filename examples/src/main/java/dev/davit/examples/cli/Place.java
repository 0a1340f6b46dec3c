package dev.davit.examples.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * Where an image is, as written on the command line: {@code transport:location[:name]}.
 *
 * @param transport which kind of place
 * @param location a reference for a registry, else a file or folder
 * @param name the name inside a layout or archive
 */
record Place(Transport transport, String location, Optional<String> name) {
    enum Transport {
        DOCKER("docker://"),
        OCI("oci:"),
        OCI_ARCHIVE("oci-archive:"),
        DOCKER_ARCHIVE("docker-archive:");

        private final String prefix;

        Transport(String prefix) {
            this.prefix = prefix;
        }
    }

    static Place parse(String text) {
        for (Transport transport : Transport.values()) {
            if (text.startsWith(transport.prefix)) {
                String rest = text.substring(transport.prefix.length());
                int colon = transport == Transport.DOCKER ? -1 : rest.indexOf(':');
                String location = colon < 0 ? rest : rest.substring(0, colon);
                Optional<String> name = colon < 0 ? Optional.empty() : Optional.of(rest.substring(colon + 1));
                if (location.isEmpty() || name.filter(String::isEmpty).isPresent()) {
                    break;
                }
                return new Place(transport, location, name);
            }
        }
        throw new IllegalArgumentException("place \"" + text + "\": expected "
                + Arrays.stream(Transport.values())
                        .map(t -> t.prefix + (t == Transport.DOCKER ? "REFERENCE" : "PATH[:NAME]"))
                        .collect(Collectors.joining(", ")));
    }

    /** {@return whether the text is meant as a place, so that something else is not one by accident} */
    static boolean looksLikeOne(String text) {
        return Arrays.stream(Transport.values()).anyMatch(t -> text.startsWith(t.prefix));
    }

    /** {@return whether a name, tag or digest was written: what is meant without one is for some commands only} */
    boolean isNamed() {
        String last = location.substring(location.lastIndexOf('/') + 1);
        return transport == Transport.DOCKER ? last.indexOf(':') >= 0 || last.indexOf('@') >= 0 : name.isPresent();
    }

    boolean isArchive() {
        return transport == Transport.OCI_ARCHIVE || transport == Transport.DOCKER_ARCHIVE;
    }

    /** {@return whether an archive comes from standard input or goes to standard output} */
    boolean isStream() {
        return isArchive() && List.of("-", "/dev/stdin", "/dev/stdout").contains(location);
    }

    /** {@return where the result of a command is printed: standard output, unless the image itself goes there} */
    PrintWriter result(CommandLine line) {
        return isStream() ? line.getErr() : line.getOut();
    }

    @Override
    public String toString() {
        return transport.prefix + location + name.map(n -> ":" + n).orElse("");
    }
}
