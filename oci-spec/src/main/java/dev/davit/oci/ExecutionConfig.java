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
import java.util.OptionalLong;
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
            "User",
            "ExposedPorts",
            "Env",
            "Entrypoint",
            "Cmd",
            "Healthcheck",
            "ArgsEscaped",
            "Volumes",
            "WorkingDir",
            "OnBuild",
            "Labels",
            "StopSignal",
            "Memory",
            "MemorySwap",
            "CpuShares",
            "Shell");

    /** Execution parameters that say nothing. */
    static final ExecutionConfig EMPTY = new Builder(JsonMembers.builder(ORDER)).build();

    private final @Nullable String user;
    private final List<String> exposedPorts;
    private final List<String> env;
    private final List<String> entrypoint;
    private final List<String> cmd;
    private final @Nullable Healthcheck healthcheck;
    private final boolean argsEscaped;
    private final List<String> volumes;
    private final @Nullable String workingDir;
    private final List<String> onBuild;
    private final Map<String, String> labels;
    private final @Nullable String stopSignal;
    private final long memory;
    private final long memorySwap;
    private final long cpuShares;
    private final List<String> shell;
    private final JsonMembers members;

    private ExecutionConfig(Builder b, JsonMembers members) {
        this.user = b.user;
        this.exposedPorts = b.exposedPorts;
        this.env = b.env;
        this.entrypoint = b.entrypoint;
        this.cmd = b.cmd;
        this.healthcheck = b.healthcheck;
        this.argsEscaped = b.argsEscaped;
        this.volumes = b.volumes;
        this.workingDir = b.workingDir;
        this.onBuild = b.onBuild;
        this.labels = b.labels;
        this.stopSignal = b.stopSignal;
        this.memory = b.memory;
        this.memorySwap = b.memorySwap;
        this.cpuShares = b.cpuShares;
        this.shell = b.shell;
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
                case "Healthcheck" -> b.healthcheck = Healthcheck.read(in);
                case "ArgsEscaped" -> b.argsEscaped = in.bool();
                case "Volumes" -> b.volumes = in.keys();
                case "WorkingDir" -> b.workingDir = in.optionalString();
                case "OnBuild" -> b.onBuild = in.strings();
                case "Labels" -> b.labels = in.stringMap();
                case "StopSignal" -> b.stopSignal = in.optionalString();
                case "Memory" -> b.memory = in.integer();
                case "MemorySwap" -> b.memorySwap = in.integer();
                case "CpuShares" -> b.cpuShares = in.integer();
                case "Shell" -> b.shell = in.strings();
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

    /** {@return how Docker finds out whether a container is healthy} */
    public Optional<Healthcheck> healthcheck() {
        return Optional.ofNullable(healthcheck);
    }

    /** {@return whether the first argument is a whole command line already, as Windows has it} */
    public boolean argsEscaped() {
        return argsEscaped;
    }

    /** {@return directories that are to be volumes} */
    public List<String> volumes() {
        return volumes;
    }

    /** {@return the working directory of the command} */
    public Optional<String> workingDir() {
        return Optional.ofNullable(workingDir);
    }

    /** {@return instructions for builds on top of the image, as Docker has them} */
    public List<String> onBuild() {
        return onBuild;
    }

    /** {@return labels, in their order} */
    public Map<String, String> labels() {
        return labels;
    }

    /** {@return the signal that asks the program to end, such as {@code SIGTERM}} */
    public Optional<String> stopSignal() {
        return Optional.ofNullable(stopSignal);
    }

    /** {@return the limit of memory in bytes, if there is one; runtimes ignore it} */
    public OptionalLong memory() {
        return optional(memory);
    }

    /** {@return the limit of memory with swap in bytes, if there is one; -1 is none; runtimes ignore it} */
    public OptionalLong memorySwap() {
        return optional(memorySwap);
    }

    /** {@return the share of the processor in relation to other containers, if it is set; runtimes ignore it} */
    public OptionalLong cpuShares() {
        return optional(cpuShares);
    }

    /** {@return the shell that Docker runs the shell form of instructions with} */
    public List<String> shell() {
        return shell;
    }

    private static OptionalLong optional(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExecutionConfig e
                && Objects.equals(e.user, user)
                && e.exposedPorts.equals(exposedPorts)
                && e.env.equals(env)
                && e.entrypoint.equals(entrypoint)
                && e.cmd.equals(cmd)
                && Objects.equals(e.healthcheck, healthcheck)
                && e.argsEscaped == argsEscaped
                && e.volumes.equals(volumes)
                && Objects.equals(e.workingDir, workingDir)
                && e.onBuild.equals(onBuild)
                && e.labels.equals(labels)
                && Objects.equals(e.stopSignal, stopSignal)
                && e.memory == memory
                && e.memorySwap == memorySwap
                && e.cpuShares == cpuShares
                && e.shell.equals(shell);
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
        b.healthcheck = healthcheck;
        b.argsEscaped = argsEscaped;
        b.volumes = volumes;
        b.workingDir = workingDir;
        b.onBuild = onBuild;
        b.labels = labels;
        b.stopSignal = stopSignal;
        b.memory = memory;
        b.memorySwap = memorySwap;
        b.cpuShares = cpuShares;
        b.shell = shell;
        return b;
    }

    /** Edits execution parameters. For one thread. */
    public static final class Builder {
        private @Nullable String user;
        private List<String> exposedPorts = List.of();
        private List<String> env = List.of();
        private List<String> entrypoint = List.of();
        private List<String> cmd = List.of();
        private @Nullable Healthcheck healthcheck;
        private boolean argsEscaped;
        private List<String> volumes = List.of();
        private @Nullable String workingDir;
        private List<String> onBuild = List.of();
        private Map<String, String> labels = Map.of();
        private @Nullable String stopSignal;
        private long memory;
        private long memorySwap;
        private long cpuShares;
        private List<String> shell = List.of();
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

        /** Sets how Docker finds out whether a container is healthy, or takes it away if it is null. */
        public Builder healthcheck(@Nullable Healthcheck value) {
            this.healthcheck = value;
            members.put("Healthcheck", value == null ? null : value.members());
            return this;
        }

        /** Sets whether the first argument is a whole command line already, as Windows has it. */
        public Builder argsEscaped(boolean value) {
            this.argsEscaped = value;
            members.putFlag("ArgsEscaped", value);
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

        /** Sets the instructions for builds on top of the image, as Docker has them. */
        public Builder onBuild(List<String> values) {
            this.onBuild = List.copyOf(values);
            members.putStrings("OnBuild", onBuild);
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

        /** Sets the limit of memory in bytes; 0 takes it away. */
        public Builder memory(long bytes) {
            this.memory = bytes;
            members.putNumber("Memory", bytes);
            return this;
        }

        /** Sets the limit of memory with swap in bytes; -1 is none, 0 takes it away. */
        public Builder memorySwap(long bytes) {
            this.memorySwap = bytes;
            members.putNumber("MemorySwap", bytes);
            return this;
        }

        /** Sets the share of the processor in relation to other containers; 0 takes it away. */
        public Builder cpuShares(long shares) {
            this.cpuShares = shares;
            members.putNumber("CpuShares", shares);
            return this;
        }

        /** Sets the shell that Docker runs the shell form of instructions with; nothing takes it away. */
        public Builder shell(String... values) {
            this.shell = List.of(values);
            members.putStrings("Shell", shell);
            return this;
        }

        ExecutionConfig build() {
            return new ExecutionConfig(this, members.build());
        }
    }
}
