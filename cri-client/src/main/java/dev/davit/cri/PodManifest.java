package dev.davit.cri;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * A pod as Kubernetes writes it in YAML (or JSON, which is YAML, too): what a runtime can make of it, and what is left out.
 *
 * <p>Left out is whatever needs more than a runtime: probes, restarts, volumes other than {@code hostPath} and {@code
 * emptyDir}, values that come from elsewhere, scheduling. {@link #leftOut} names each such field that the document has.
 * Secrets, config maps and service accounts are never looked up.
 *
 * <p>To read YAML takes SnakeYAML ({@code org.yaml:snakeyaml}) on the class path. Immutable.
 */
public final class PodManifest {
    private static final Duration INIT_TIMEOUT = Duration.ofMinutes(10);

    private final PodSpec pod;
    private final List<ContainerSpec> initContainers;
    private final List<ContainerSpec> containers;
    private final List<Path> emptyDirs;
    private final List<SubPath> subPaths;
    private final Duration grace;
    private final List<String> leftOut;

    PodManifest(
            PodSpec pod,
            List<ContainerSpec> initContainers,
            List<ContainerSpec> containers,
            List<Path> emptyDirs,
            List<SubPath> subPaths,
            Duration grace,
            List<String> leftOut) {
        this.pod = pod;
        this.initContainers = List.copyOf(initContainers);
        this.containers = List.copyOf(containers);
        this.emptyDirs = List.copyOf(emptyDirs);
        this.subPaths = List.copyOf(subPaths);
        this.grace = grace;
        this.leftOut = List.copyOf(leftOut);
    }

    /**
     * Parses a document with one pod.
     *
     * @param what its name, for messages
     * @param yaml its bytes, 1 MiB at most
     * @param emptyDirs the folder of the node below which the volumes of that kind are: a new one for each pod
     * @return the pod
     * @throws MalformedContentException if it is no pod of version v1, with the path of what is wrong; if it has two equal
     *     keys, more than 50 aliases, or is deeper than 50 levels
     */
    public static PodManifest parse(String what, byte[] yaml, Path emptyDirs) {
        return new PodManifestReader(what, emptyDirs.toAbsolutePath()).read(YamlReader.read(what, yaml));
    }

    /** {@return the pod} */
    public PodSpec pod() {
        return pod;
    }

    /** {@return the containers that have to end well, each before the next one starts} */
    public List<ContainerSpec> initContainers() {
        return initContainers;
    }

    /** {@return the containers that run at the same time} */
    public List<ContainerSpec> containers() {
        return containers;
    }

    /** {@return how long containers have to end before they are killed} */
    public Duration terminationGracePeriod() {
        return grace;
    }

    /** {@return the paths of the fields that mean nothing to a runtime, such as {@code spec.containers[0].livenessProbe}} */
    public List<String> leftOut() {
        return leftOut;
    }

    /**
     * Runs it as {@link #run(CriClient, Duration)} does; each init container has ten minutes.
     *
     * @param cri where, on this node
     * @return the pod, to be closed by the caller, with its containers
     * @throws StorageException if a folder cannot be made, or a {@code subPath} leaves its volume
     * @throws CriException if the runtime fails, or an init container does not end with exit code 0 in that time
     */
    public RunningPod run(CriClient cri) {
        return run(cri, INIT_TIMEOUT);
    }

    /**
     * Runs it: makes the folders of its {@code emptyDir} volumes, runs the pod, runs the init containers to their end, one
     * after the other, and starts the containers. Images have to be on the node. If something fails, nothing stays but the
     * folders. A {@code subPath} that is or goes through a link is refused when its container is started; a container that
     * runs by then could still change it.
     *
     * @param cri where, on this node
     * @param initTimeout how long each init container may take
     * @return the pod, to be closed by the caller, with its containers
     * @throws StorageException if a folder cannot be made, or a {@code subPath} leaves its volume
     * @throws CriException if the runtime fails, an init container does not end with exit code 0 ({@code ABORTED}), or it
     *     still runs after that time ({@code DEADLINE_EXCEEDED})
     */
    public RunningPod run(CriClient cri, Duration initTimeout) {
        emptyDirs.forEach(PodManifest::create);
        RunningPod running = cri.pods().run(pod);
        try {
            for (ContainerSpec spec : initContainers) {
                int exitCode = start(running, spec).waitForExit(initTimeout);
                if (exitCode != 0) {
                    throw new CriException(
                            CriException.Code.ABORTED,
                            "init container " + spec.name() + " ended with exit code " + exitCode,
                            null);
                }
            }
            containers.forEach(spec -> start(running, spec));
            return running;
        } catch (RuntimeException e) {
            Endings.after(e, running::close);
            throw e;
        }
    }

    private RunningContainer start(RunningPod running, ContainerSpec spec) {
        subPaths.stream().filter(part -> part.container().equals(spec.name())).forEach(SubPath::prepare);
        return running.start(spec);
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
            // Whoever a container runs as may write there.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new StorageException("create", folder, e);
        }
    }
}
