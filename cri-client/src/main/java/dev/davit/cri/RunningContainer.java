package dev.davit.cri;

import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A container that was started in a {@link RunningPod}. It goes with its pod and need not be closed.
 *
 * <p>Thread-safe; lives as long as the client.
 */
public final class RunningContainer {
    private final CriContainers containers;
    private final String id;
    private final String name;

    RunningContainer(CriContainers containers, String id, String name) {
        this.containers = containers;
        this.id = id;
        this.name = name;
    }

    /** {@return the ID that the runtime gave it} */
    public String id() {
        return id;
    }

    /** {@return its name in the pod} */
    public String name() {
        return name;
    }

    /**
     * Asks for its state.
     *
     * @return its state
     * @throws NotFoundException if it was removed
     * @throws CriException if the runtime fails
     */
    public ContainerStatus status() {
        return containers.status(id);
    }

    /**
     * Starts it, if it was only created.
     *
     * @throws NotFoundException if it was removed
     * @throws WrongStateException if it was started before
     * @throws CriException if it cannot be started: no such program, no such user, ...
     */
    public void start() {
        containers.start(id);
    }

    /**
     * Changes its limits.
     *
     * @param resources the new limits; what they do not say stays as it is
     * @throws NotFoundException if it was removed
     * @throws WrongStateException if it has ended
     * @throws CriException if the runtime fails
     */
    public void update(Resources resources) {
        containers.update(id, resources);
    }

    /**
     * Waits until its process has ended. Its log is complete then.
     *
     * @param atMost how long to wait
     * @return its exit code; 128 and more for signals
     * @throws NotFoundException if it was removed
     * @throws CriException if it still runs after that time ({@code DEADLINE_EXCEEDED}), the thread is interrupted
     *     ({@code CANCELLED}), or the runtime fails
     */
    public int waitForExit(Duration atMost) {
        return containers.waitForExit(id, atMost);
    }

    /**
     * Runs a command in it and waits for its end, in one call. Standard output and standard error together may be a little
     * less than 16 MiB, and there is no input: see {@link CriContainers#exec(String, String...)} for why, and {@link
     * #exec(ExecSpec)} for what has neither limit.
     *
     * @param command the program and its arguments
     * @return what it has written, and its exit code
     * @throws NotFoundException if it was removed
     * @throws CriException if the command cannot be run: no such program, the container does not run, too much output
     */
    public ExecResult exec(String... command) {
        return containers.exec(id, command);
    }

    /**
     * Runs a command in it and waits for its end, but not for ever.
     *
     * @param timeout when to kill the command, in whole seconds, rounded up; zero means never
     * @param command the program and its arguments
     * @return what it has written, and its exit code
     * @throws NotFoundException if it was removed
     * @throws CriException if the command cannot be run, or did not end in time ({@code DEADLINE_EXCEEDED})
     */
    public ExecResult exec(Duration timeout, List<String> command) {
        return containers.exec(id, timeout, command);
    }

    /**
     * Runs a command in it, with streams, and waits for its end: see {@link CriContainers#exec(String, ExecSpec)}.
     *
     * @param spec the command and its streams
     * @return what was kept of its output, and its exit code
     * @throws NotFoundException if it was removed
     * @throws WrongStateException if it does not run
     * @throws CriException if the command cannot be run, does not end in time ({@code DEADLINE_EXCEEDED}), or has written
     *     more than is kept ({@code RESOURCE_EXHAUSTED}); if its input cannot be read or its output not be handed on ({@code
     *     ABORTED})
     */
    public ExecResult exec(ExecSpec spec) {
        return containers.exec(id, spec);
    }

    /**
     * Runs a command in it and gives its streams: see {@link CriContainers#spawn(String, ExecSpec)}.
     *
     * @param spec the command and its streams
     * @return the command, to be closed by the caller
     * @throws NotFoundException if it was removed
     * @throws WrongStateException if it does not run
     * @throws CriException if there is no connection to it
     */
    public ExecProcess spawn(ExecSpec spec) {
        return containers.spawn(id, spec);
    }

    /**
     * Attaches to its process, if it runs: see {@link CriContainers#attach(String, AttachSpec)}.
     *
     * @param spec which streams
     * @return the process, to be closed by the caller
     * @throws NotFoundException if it was removed
     * @throws WrongStateException if it does not run
     * @throws CriException if there is no connection to it
     */
    public ExecProcess attach(AttachSpec spec) {
        return containers.attach(id, spec);
    }

    /**
     * Reads its log, which is a file of the node: this works on the node alone. A last line without an end is there when
     * the container has ended.
     *
     * @return all lines so far, in the order in which they ended
     * @throws NotFoundException if it was removed
     * @throws StorageException if the log cannot be read, or is larger than 64 MiB
     * @throws CriException if the runtime fails
     */
    public List<LogLine> logs() {
        return containers.logs(id);
    }

    /**
     * Reads lines of its log as they are asked for, and waits for them if they are followed: see {@link
     * CriContainers#logs(String, LogOptions)}.
     *
     * @param options which lines
     * @return the lines, in the order in which they ended; to be closed by the caller
     * @throws NotFoundException if it was removed
     * @throws StorageException if the log cannot be read; also from the stream
     * @throws CriException if the runtime fails; also from the stream
     */
    public Stream<LogLine> logs(LogOptions options) {
        return containers.logs(id, options);
    }

    /**
     * Ends its process. Does nothing if that has ended.
     *
     * @param grace how long to wait before it is killed, in whole seconds, rounded up
     * @throws CriException if the runtime fails
     */
    public void stop(Duration grace) {
        containers.stop(id, grace);
    }

    /**
     * Removes it, and kills its process if that still runs. May be called again.
     *
     * @throws CriException if the runtime fails
     */
    public void remove() {
        containers.remove(id);
    }

    /** {@return name and ID} */
    @Override
    public String toString() {
        return "container " + name + " (" + id + ")";
    }
}
