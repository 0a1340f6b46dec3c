package dev.davit.examples.cli;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.PodSpec;
import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.yaml.snakeyaml.error.YAMLException;

/** A file that says what a pod or a container is to be like: the JSON or YAML that crictl takes, {@code -} for standard input. */
final class SpecFile {
    private SpecFile() {}

    /** {@return whether a word on the command line looks like such a file rather than an image} */
    static boolean looksLikeOne(String name) {
        return name.matches(".*\\.(json|ya?ml)") && Files.isRegularFile(Path.of(name));
    }

    static PodSpec pod(String file) throws IOException {
        return read(file, PodSpec::ofJson);
    }

    static ContainerSpec container(String file) throws IOException {
        return read(file, ContainerSpec::ofJson);
    }

    private static <T> T read(String file, Function<String, T> parse) throws IOException {
        String text = file.equals("-")
                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(Path.of(file));
        boolean json = text.stripLeading().startsWith("{");
        try {
            return parse.apply(json ? text : Facts.json(yaml(text)));
        } catch (MalformedContentException | YAMLException e) {
            String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
            // Of YAML, the lines are not those that were read.
            String place = json ? message : message.replaceFirst(" \\(line [0-9]+, column [0-9]+\\)", "");
            throw new MalformedContentException(file + ": " + place, e);
        }
    }

    private static Object yaml(String text) {
        Object value = Facts.parsed(text);
        return value == null ? "" : value;
    }
}
