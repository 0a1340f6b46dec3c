package dev.davit.registry;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What conventions of other tools depend on.
 *
 * @param environment the variables of the environment
 * @param home the user's folder
 * @param system the root of the file system: {@code /}
 */
record Surroundings(Map<String, String> environment, Path home, Path system) {
    static Surroundings real() {
        return new Surroundings(System.getenv(), Path.of(System.getProperty("user.home", "/")), Path.of("/"));
    }

    /** {@return the value of a variable that is set, and not to nothing} */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** {@return a folder that a variable names} */
    Optional<Path> folder(String name) {
        return variable(name).map(Path::of);
    }

    /** {@return the folder for the user's settings, as the XDG specification has it} */
    Path settings() {
        return folder("XDG_CONFIG_HOME").filter(Path::isAbsolute).orElse(home.resolve(".config"));
    }
}
