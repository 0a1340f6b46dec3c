package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How to run a container of an image: the {@code config} member of an {@link ImageConfig}. Two are equal if all
 * properties that have a getter here are. Immutable and safe to share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties">image-spec, config.md,
 *     property "config"</a>
 */
public final class ExecutionConfig {
    private static final List<String> ORDER = List.of(
            "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal");

    /** Execution parameters that say nothing. */
    static final ExecutionConfig EMPTY = new Builder(JsonMembers.builder(ORDER)).build();

    private final @Nullable String user;
    private final List<String> exposedPorts;
    private final List<String> env;
    private final List<String> entrypoint;
    private final List<String> cmd;
    private final List<String> volumes;
    private final @Nullable String workingDir;
    private final Map<String, String> labels;
    private final @Nullable String stopSignal;
    private final JsonMembers members;

    private ExecutionConfig(Builder b, JsonMembers members) {
        this.user = b.user;
        this.exposedPorts = b.exposedPorts;
        this.env = b.env;
        this.entrypoint = b.entrypoint;
        this.cmd = b.cmd;
        this.volumes = b.volumes;
        this.workingDir = b.workingDir;
        this.labels = b.labels;
        this.stopSignal = b.stopSignal;
        this.members = members;
    }

    static ExecutionConfig read(JsonReader in) {
        Builder b = new Builder(JsonMembers.builder(ORDER));
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "User" -> b.user = in.optionalString();
                case "ExposedPorts" -> b.exposedPorts = in.keys();
                case "Env" -> b.env = in.strings();
                case "Entrypoint" -> b.entrypoint = in.strings();
                case "Cmd" -> b.cmd = in.strings();
                case "Volumes" -> b.volumes = in.keys();
                case "WorkingDir" -> b.workingDir = in.optionalString();
                case "Labels" -> b.labels = in.stringMap();
                case "StopSignal" -> b.stopSignal = in.optionalString();
                default -> in.skip();
            }
        });
        return new ExecutionConfig(b, members);
    }

    JsonMembers members() {
        return members;
    }

    /** {@return user, uid, or either with a group behind a colon} */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** {@return ports the program listens on, as {@code 8080/tcp}} */
    public List<String> exposedPorts() {
        return exposedPorts;
    }

    /** {@return environment variables, as {@code NAME=value}} */
    public List<String> env() {
        return env;
    }

    /** {@return the command, to which arguments are appended} */
    public List<String> entrypoint() {
        return entrypoint;
    }

    /** {@return default arguments of the entry point, or the whole command if there is none} */
    public List<String> cmd() {
        return cmd;
    }

    /** {@return directories that are to be volumes} */
    public List<String> volumes() {
        return volumes;
    }

    /** {@return the working directory of the command} */
    public Optional<String> workingDir() {
        return Optional.ofNullable(workingDir);
    }

    /** {@return labels, in their order} */
    public Map<String, String> labels() {
        return labels;
    }

    /** {@return the signal that asks the program to end, such as {@code SIGTERM}} */
    public Optional<String> stopSignal() {
        return Optional.ofNullable(stopSignal);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExecutionConfig e
                && Objects.equals(e.user, user)
                && e.exposedPorts.equals(exposedPorts)
                && e.env.equals(env)
                && e.entrypoint.equals(entrypoint)
                && e.cmd.equals(cmd)
                && e.volumes.equals(volumes)
                && Objects.equals(e.workingDir, workingDir)
                && e.labels.equals(labels)
                && Objects.equals(e.stopSignal, stopSignal);
    }

    @Override
    public int hashCode() {
        return Objects.hash(user, env, entrypoint, cmd, workingDir);
    }

    Builder toBuilder() {
        Builder b = new Builder(members.toBuilder());
        b.user = user;
        b.exposedPorts = exposedPorts;
        b.env = env;
        b.entrypoint = entrypoint;
        b.cmd = cmd;
        b.volumes = volumes;
        b.workingDir = workingDir;
        b.labels = labels;
        b.stopSignal = stopSignal;
        return b;
    }

    /** Edits execution parameters. For one thread. */
    public static final class Builder {
        private @Nullable String user;
        private List<String> exposedPorts = List.of();
        private List<String> env = List.of();
        private List<String> entrypoint = List.of();
        private List<String> cmd = List.of();
        private List<String> volumes = List.of();
        private @Nullable String workingDir;
        private Map<String, String> labels = Map.of();
        private @Nullable String stopSignal;
        private final JsonMembers.Builder members;

        private Builder(JsonMembers.Builder members) {
            this.members = members;
        }

        /** Sets the user: a name or uid, with a group behind a colon if wanted; null or empty takes it away. */
        public Builder user(@Nullable String value) {
            this.user = Text.nonEmpty(value);
            members.put("User", user);
            return this;
        }

        /** Sets all exposed ports, as {@code 8080/tcp}; their order does not matter. */
        public Builder exposedPorts(List<String> values) {
            this.exposedPorts = members.putSet("ExposedPorts", exposedPorts, values);
            return this;
        }

        /** Sets all environment variables, as {@code NAME=value}. */
        public Builder env(List<String> values) {
            this.env = List.copyOf(values);
            members.putStrings("Env", env);
            return this;
        }

        /**
         * Sets one environment variable: in its place if it was there, else at the end.
         *
         * @throws IllegalArgumentException if the name is empty or has a {@code =} in it
         */
        public Builder env(String name, String value) {
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                throw new IllegalArgumentException(
                        "environment variable: expected a name without \"=\", got " + Text.quote(name));
            }
            List<String> changed = new ArrayList<>(env);
            // where a document says a variable twice, only the last counts
            int at = -1;
            for (int i = changed.size() - 1; i >= 0; i--) {
                if (changed.get(i).startsWith(name + '=')) {
                    changed.remove(i);
                    at = i;
                }
            }
            changed.add(at < 0 ? changed.size() : at, name + '=' + value);
            return env(changed);
        }

        /** Sets the command to which arguments are appended; nothing takes it away. */
        public Builder entrypoint(String... values) {
            this.entrypoint = List.of(values);
            members.putStrings("Entrypoint", entrypoint);
            return this;
        }

        /** Sets the default arguments; nothing takes them away. */
        public Builder cmd(String... values) {
            this.cmd = List.of(values);
            members.putStrings("Cmd", cmd);
            return this;
        }

        /** Sets all directories that are to be volumes; their order does not matter. */
        public Builder volumes(List<String> values) {
            this.volumes = members.putSet("Volumes", volumes, values);
            return this;
        }

        /** Sets the working directory of the command; null or empty takes it away. */
        public Builder workingDir(@Nullable String value) {
            this.workingDir = Text.nonEmpty(value);
            members.put("WorkingDir", workingDir);
            return this;
        }

        /** Sets all labels; the order of the map does not matter. */
        public Builder labels(Map<String, String> values) {
            this.labels = members.putMap("Labels", labels, values);
            return this;
        }

        /** Sets one label. */
        public Builder label(String key, String value) {
            Map<String, String> changed = new LinkedHashMap<>(labels);
            changed.put(key, value);
            return labels(changed);
        }

        /** Sets the signal that asks the program to end; null or empty takes it away. */
        public Builder stopSignal(@Nullable String value) {
            this.stopSignal = Text.nonEmpty(value);
            members.put("StopSignal", stopSignal);
            return this;
        }

        ExecutionConfig build() {
            return new ExecutionConfig(this, members.build());
        }
    }
}
