package dev.davit.cri;

import dev.davit.cri.raw.LinuxContainerUser;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The state of a container, as it was when the runtime was asked. Immutable. */
public final class ContainerStatus {
    private final dev.davit.cri.raw.ContainerStatus raw;

    ContainerStatus(dev.davit.cri.raw.ContainerStatus raw) {
        this.raw = raw;
    }

    /** {@return the ID that the runtime gave it} */
    public String id() {
        return raw.getId();
    }

    /** {@return its name in the pod} */
    public String name() {
        return raw.getMetadata().getName();
    }

    /** {@return how many containers with the same name were in the pod before it} */
    public int attempt() {
        return raw.getMetadata().getAttempt();
    }

    /** {@return what it is up to} */
    public ContainerState state() {
        return ContainerState.of(raw.getState());
    }

    /** {@return when it was made} */
    public Instant createdAt() {
        return Times.instant(raw.getCreatedAt());
    }

    /** {@return when it was started, if it was} */
    public Optional<Instant> startedAt() {
        return raw.getStartedAt() == 0 ? Optional.empty() : Optional.of(Times.instant(raw.getStartedAt()));
    }

    /** {@return when its process ended, if it has} */
    public Optional<Instant> finishedAt() {
        return raw.getFinishedAt() == 0 ? Optional.empty() : Optional.of(Times.instant(raw.getFinishedAt()));
    }

    /** {@return the exit code of its process if it has ended; 128 and more for signals} */
    public OptionalInt exitCode() {
        return state() == ContainerState.EXITED ? OptionalInt.of(raw.getExitCode()) : OptionalInt.empty();
    }

    /** {@return why it is in its state, in one word such as {@code Completed} or {@code OOMKilled}; may be empty} */
    public String reason() {
        return raw.getReason();
    }

    /** {@return why it is in its state, in words; may be empty} */
    public String message() {
        return raw.getMessage();
    }

    /** {@return the name of its image, as it was asked for} */
    public String image() {
        return raw.getImage().getImage();
    }

    /** {@return what the runtime made of that name: an ID or a name with a digest} */
    public String imageRef() {
        return raw.getImageRef();
    }

    /** {@return its limits; nothing before containerd 1.7, which does not say} */
    public Optional<Resources> resources() {
        return raw.getResources().hasLinux()
                ? Optional.of(Resources.of(raw.getResources().getLinux()))
                : Optional.empty();
    }

    /** {@return its mounts} */
    public List<Mount> mounts() {
        return raw.getMountsList().stream().map(Mount::of).toList();
    }

    /** {@return user, group and further groups that its process was started with; nothing before containerd 2.0} */
    public List<Long> userAndGroups() {
        if (!raw.getUser().hasLinux()) {
            return List.of();
        }
        LinuxContainerUser user = raw.getUser().getLinux();
        return Stream.concat(Stream.of(user.getUid(), user.getGid()), user.getSupplementalGroupsList().stream())
                .toList();
    }

    /** {@return the signal that ends it, such as {@code SIGTERM}; empty before containerd 2.2, which does not say} */
    public String stopSignal() {
        return Signals.name(raw.getStopSignal());
    }

    /** {@return the file on the node that its output goes to, if it goes to one} */
    public Optional<Path> logPath() {
        return raw.getLogPath().isEmpty() ? Optional.empty() : Optional.of(Path.of(raw.getLogPath()));
    }

    /** {@return its labels} */
    public Map<String, String> labels() {
        return Map.copyOf(raw.getLabelsMap());
    }

    /** {@return its annotations} */
    public Map<String, String> annotations() {
        return Map.copyOf(raw.getAnnotationsMap());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContainerStatus status && status.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return name, state, exit code and ID} */
    @Override
    public String toString() {
        return "container " + name() + " " + state()
                + (exitCode().isPresent() ? " with " + exitCode().getAsInt() : "") + " (" + id() + ")";
    }
}
