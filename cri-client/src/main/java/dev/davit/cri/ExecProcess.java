package dev.davit.cri;

import dev.davit.cri.internal.stream.Pipe;
import dev.davit.cri.internal.stream.Sink;
import dev.davit.cri.internal.stream.StreamChannel;
import dev.davit.cri.internal.stream.StreamOpener.Purpose;
import dev.davit.cri.internal.stream.StreamSession;
import dev.davit.oci.DavitException;
import dev.davit.oci.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A process in a container, seen through its streams: a command that was run there, or the container's own process that
 * somebody has attached to.
 *
 * <pre>{@code
 * try (ExecProcess sort = container.spawn(ExecSpec.of("sort"))) {
 *     try (OutputStream stdin = sort.stdin()) {
 *         stdin.write(lines);
 *     }
 *     sort.stdout().transferTo(file);
 *     int exitCode = sort.waitFor();
 * }
 * }</pre>
 *
 * <p>Its streams throw {@link CriException}. Up to 128 KiB of each output are kept for who reads it; then the process has to
 * wait, and the other output with it. So both are to be read, or to be closed, which drops what comes. With a terminal there
 * is one output.
 *
 * <p>A thread reads the connection, and a second one what the specification has given as input. Both end with the process,
 * and the connection is closed then; who does not wait for that closes the handle.
 *
 * <p>Thread-safe, except each stream of output.
 */
public final class ExecProcess implements AutoCloseable {
    private static final int BUFFER = 32 << 10;
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final String action;
    private final ExecOutcome outcome = new ExecOutcome(this::sinkEnded);
    private final List<Pipe> pipes = new ArrayList<>();
    private final List<StreamChannel> channels = new ArrayList<>();
    private final CountDownLatch ended;
    private final @Nullable Exit exit;
    private final @Nullable InputStream stdout;
    private final @Nullable InputStream stderr;
    private @Nullable OutputStream stdin;
    private @Nullable StreamSession session;
    private @Nullable Thread pump;
    private @Nullable CriException failure;
    private boolean closed;

    /** Knows the exit code of a process whose streams do not tell. */
    interface Exit {
        /** Waits for it. */
        int code(Duration atMost);

        /** {@return the exit code; nothing if it still runs} */
        OptionalInt now();
    }

    /**
     * Where the streams of a process lead.
     *
     * @param action what is to be done, for messages: a verb and its object
     * @param name name of its thread
     * @param hasInput whether there is any input
     * @param stdin what is its input; null if who holds the handle writes it
     * @param stdout takes the output; null if who holds the handle reads it
     * @param stderr takes the error messages; null if who holds the handle reads them
     * @param tty whether there is a terminal, and so no second output
     * @param terminal its size; null if that stays as it is
     * @param exit knows the exit code; null if the streams tell it
     */
    record Plan(
            String action,
            String name,
            boolean hasInput,
            @Nullable InputStream stdin,
            @Nullable OutputStream stdout,
            @Nullable OutputStream stderr,
            boolean tty,
            @Nullable TerminalSize terminal,
            @Nullable Exit exit) {}

    private ExecProcess(Plan plan) {
        this.action = plan.action;
        this.exit = plan.exit;
        this.ended = new CountDownLatch(plan.tty ? 2 : 3);
        // The order is that of Go's client: a server may wait for some streams before others.
        channels.add(StreamChannel.of(StreamChannel.STATUS, "error", outcome));
        if (plan.hasInput) {
            channels.add(StreamChannel.of(StreamChannel.STDIN, "stdin", null));
        }
        this.stdout = output(StreamChannel.STDOUT, "stdout", plan.stdout);
        this.stderr = plan.tty ? null : output(StreamChannel.STDERR, "stderr", plan.stderr);
        if (plan.tty) {
            channels.add(StreamChannel.of(StreamChannel.RESIZE, "resize", null));
        }
    }

    private @Nullable InputStream output(int number, String type, @Nullable OutputStream target) {
        if (target != null) {
            channels.add(StreamChannel.of(number, type, new Copy(target)));
            return null;
        }
        Pipe pipe = new Pipe();
        pipes.add(pipe);
        channels.add(StreamChannel.of(number, type, new Ending(pipe)));
        return new ChannelInput(action, pipe, outcome::isKnown);
    }

    /**
     * Opens the streams of a process.
     *
     * @param url asks the runtime where they are
     */
    static ExecProcess open(Streams streams, Plan plan, Supplier<String> url) {
        ExecProcess process = new ExecProcess(plan);
        StreamSession session = streams.open(plan.action, plan.name, Purpose.PROCESS, process.channels, url);
        try {
            process.begin(session, plan);
            return process;
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    private synchronized void begin(StreamSession opened, Plan plan) {
        session = opened;
        InputStream source = plan.stdin;
        stdin = plan.hasInput && source == null ? new ChannelOutput(action, opened, StreamChannel.STDIN) : null;
        if (ended.getCount() == 0) {
            opened.close();
            return;
        }
        if (plan.terminal != null) {
            resize(plan.terminal.columns(), plan.terminal.rows());
        }
        if (source != null) {
            pump = new Thread(() -> pump(source, opened), plan.name + "-stdin");
            pump.setDaemon(true);
            pump.start();
        }
    }

    private void pump(InputStream source, StreamSession opened) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int read = read(source, buffer); read >= 0; read = read(source, buffer)) {
                opened.send(StreamChannel.STDIN, buffer, 0, read);
            }
            if (opened.canEnd()) {
                opened.end(StreamChannel.STDIN);
            }
        } catch (IOException e) {
            // the process has ended, or the connection, and whoever reads it says so
        }
    }

    private int read(InputStream source, byte[] buffer) throws IOException {
        try {
            return source.read(buffer);
        } catch (IOException | RuntimeException e) {
            if (ended.getCount() > 0) {
                fail(new CriException(
                        CriException.Code.ABORTED, "cannot " + action + ": its input cannot be read: " + e, e));
            }
            throw new IOException("no more input", e);
        }
    }

    /** Ends it because of something on our side. */
    private synchronized void fail(CriException why) {
        if (failure == null && ended.getCount() > 0) {
            failure = why;
        }
        if (session != null) {
            session.close();
        }
    }

    private void sinkEnded() {
        ended.countDown();
        if (ended.getCount() == 0) {
            synchronized (this) {
                if (session != null) {
                    session.close();
                }
                if (pump != null) {
                    pump.interrupt();
                }
            }
        }
    }

    /**
     * Gives its input. Closing that is the end of file to the process, unless the transport cannot do it, which throws a
     * {@link CriException} ({@code UNIMPLEMENTED}): WebSocket with containerd.
     *
     * @return the input, each write to which leaves at once
     * @throws IllegalStateException if it has none, or the specification has given it
     */
    public synchronized OutputStream stdin() {
        if (stdin == null) {
            throw new IllegalStateException("this process has no input, or its specification has given it");
        }
        return stdin;
    }

    private boolean channelExists(int number) {
        return channels.stream().anyMatch(channel -> channel.number() == number);
    }

    /**
     * Gives its output.
     *
     * @return what it writes to standard output, and with a terminal to standard error as well
     * @throws IllegalStateException if the specification sends it elsewhere
     */
    public InputStream stdout() {
        if (stdout == null) {
            throw new IllegalStateException("the specification sends the output elsewhere");
        }
        return stdout;
    }

    /**
     * Gives its error messages.
     *
     * @return what it writes to standard error
     * @throws IllegalStateException if the specification sends them elsewhere, or it has a terminal
     */
    public InputStream stderr() {
        if (stderr == null) {
            throw new IllegalStateException("the specification sends the error messages elsewhere, or has a terminal");
        }
        return stderr;
    }

    /**
     * Changes the size of its terminal. Does nothing if the process has ended.
     *
     * @param columns width in characters
     * @param rows height in lines
     * @throws IllegalArgumentException if a number is not between 1 and 65535
     * @throws IllegalStateException if it has no terminal
     */
    public void resize(int columns, int rows) {
        byte[] message = new TerminalSize(columns, rows).message();
        if (!channelExists(StreamChannel.RESIZE)) {
            throw new IllegalStateException("this process has no terminal");
        }
        StreamSession opened;
        synchronized (this) {
            opened = session;
        }
        try {
            if (opened != null) {
                opened.send(StreamChannel.RESIZE, message, 0, message.length);
            }
        } catch (IOException e) {
            // it has ended, and its terminal with it
        }
    }

    /**
     * Waits until it has ended and all of its output has arrived.
     *
     * @return its exit code; 128 and more for signals
     * @throws WrongStateException if the container does not run
     * @throws NotFoundException if the container was removed
     * @throws CriException if the command could not be run, the connection broke, or the handle or its client was closed or
     *     the thread is interrupted ({@code CANCELLED})
     */
    public int waitFor() {
        return waitFor(FOR_EVER);
    }

    /**
     * Waits until it has ended and all of its output has arrived, but not for ever. It goes on if it has not.
     *
     * @param atMost how long to wait
     * @return its exit code; 128 and more for signals
     * @throws WrongStateException if the container does not run
     * @throws NotFoundException if the container was removed
     * @throws CriException if it has not ended in that time ({@code DEADLINE_EXCEEDED}), the command could not be run, the
     *     connection broke, or the handle or its client was closed or the thread is interrupted ({@code CANCELLED})
     */
    public int waitFor(Duration atMost) {
        long begun = System.nanoTime();
        try {
            if (!ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new CriException(
                        CriException.Code.DEADLINE_EXCEEDED,
                        "cannot " + action + ": it has not ended within " + atMost.toMillis() + " ms",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(action, e);
        }
        checkFailure();
        int code = outcome.exitCode(action);
        return exit == null ? code : exit.code(atMost.minusNanos(System.nanoTime() - begun));
    }

    private synchronized void checkFailure() {
        if (failure != null) {
            throw failure;
        }
        if (closed && !outcome.isKnown()) {
            throw new CriException(
                    CriException.Code.CANCELLED, "cannot " + action + ": it was closed before it ended", null);
        }
    }

    /**
     * Asks whether it has ended.
     *
     * @return its exit code; nothing while it runs
     * @throws DavitException as {@link #waitFor()} does
     */
    public OptionalInt exitCode() {
        if (ended.getCount() > 0) {
            return OptionalInt.empty();
        }
        checkFailure();
        int code = outcome.exitCode(action);
        return exit == null ? OptionalInt.of(code) : exit.now();
    }

    /**
     * Cuts its streams at once. Does nothing if it has ended. A command that still runs is killed by containerd 2; by older
     * versions it is not, and ends when it reads or writes, or never. A process that was attached to goes on in any case.
     */
    @Override
    public void close() {
        StreamSession opened;
        synchronized (this) {
            closed = true;
            opened = session;
        }
        if (opened != null) {
            opened.close();
        }
        pipes.forEach(Pipe::close);
    }

    /** {@return what it is} */
    @Override
    public String toString() {
        return action;
    }

    /** Counts the end of an output. */
    private final class Ending implements Sink {
        private final Pipe pipe;

        Ending(Pipe pipe) {
            this.pipe = pipe;
        }

        @Override
        public void data(byte[] bytes, int offset, int length) throws IOException {
            pipe.data(bytes, offset, length);
        }

        @Override
        public void end(@Nullable IOException why) {
            pipe.end(why);
            sinkEnded();
        }
    }

    /** Hands output on to a stream of the caller. */
    private final class Copy implements Sink {
        private final OutputStream target;

        Copy(OutputStream target) {
            this.target = target;
        }

        @Override
        public void data(byte[] bytes, int offset, int length) throws IOException {
            try {
                target.write(bytes, offset, length);
                target.flush();
            } catch (Captured.TooMuchException e) {
                fail(new CriException(
                        CriException.Code.RESOURCE_EXHAUSTED, "cannot " + action + ": " + e.getMessage(), e));
                throw e;
            } catch (IOException | RuntimeException e) {
                fail(new CriException(
                        CriException.Code.ABORTED, "cannot " + action + ": its output cannot be handed on: " + e, e));
                throw new IOException("nobody takes the output", e);
            }
        }

        @Override
        public void end(@Nullable IOException why) {
            sinkEnded();
        }
    }
}
