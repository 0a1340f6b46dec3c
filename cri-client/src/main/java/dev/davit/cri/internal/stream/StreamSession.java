package dev.davit.cri.internal.stream;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection with several channels, whatever protocol carries them. A thread of its own reads it and hands to the
 * {@link Sink}s what arrives; when it ends, so do they all. A sink that takes its time holds up the others, and in the end
 * the sender: neither protocol can hold up a single channel. Writing happens on the thread of whoever sends.
 *
 * <p>Thread-safe.
 */
public abstract class StreamSession implements AutoCloseable {
    /** The most that is sent at once, so that what is sent on other channels can come between. */
    static final int PIECE = 32 << 10;

    /** Nobody sends as many pings before the first is answered. */
    private static final int MAX_REPLIES = 64;

    private final Connection connection;
    private final List<StreamChannel> channels;
    private final Set<StreamChannel> open = new HashSet<>();
    private final Object writing = new Object();
    private final Queue<byte[]> replies = new ArrayDeque<>();
    private boolean replying;
    private volatile boolean closed;
    private volatile String closedBecause = "the connection was closed";

    StreamSession(Connection connection, List<StreamChannel> channels) {
        this.connection = connection;
        this.channels = List.copyOf(channels);
        channels.stream().filter(channel -> channel.sink() != null).forEach(open::add);
    }

    /**
     * Begins to read.
     *
     * @param name name of the thread that does
     * @param afterwards what that thread does when the connection has ended
     */
    void start(String name, Runnable afterwards) {
        daemon(() -> run(afterwards), name).start();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void run(Runnable afterwards) {
        IOException failure = new IOException("the server ended the connection");
        try {
            read();
        } catch (IOException e) {
            failure = closed ? new StreamClosedException(closedBecause, e) : e;
        } catch (RuntimeException e) {
            failure = new IOException("unexpected: " + e, e);
        } finally {
            close();
            afterwards.run();
            for (StreamChannel channel : channels) {
                ended(channel, failure);
            }
        }
    }

    /** Reads frames until the connection ends, on the thread of the connection. */
    abstract void read() throws IOException;

    /**
     * Sends some bytes; waits until the other side has taken them, or the system for it.
     *
     * @param channel number of the channel
     * @throws IOException if the connection has ended
     */
    public abstract void send(int channel, byte[] bytes, int offset, int length) throws IOException;

    /** {@return whether the other side can be told that nothing more comes on a channel} */
    public abstract boolean canEnd();

    /**
     * Says that nothing more comes on a channel. What arrives on it still does.
     *
     * @param channel number of the channel
     * @throws IOException if the connection has ended
     */
    public abstract void end(int channel) throws IOException;

    /** {@return the channel with a number, or null} */
    @Nullable
    StreamChannel channel(int number) {
        for (StreamChannel channel : channels) {
            if (channel.number() == number) {
                return channel;
            }
        }
        return null;
    }

    /** {@return all channels} */
    List<StreamChannel> channels() {
        return channels;
    }

    /** Hands over what has arrived, unless nobody wants it, or not any more. On the thread of the connection. */
    void arrived(@Nullable StreamChannel channel, byte[] bytes, int offset, int length) throws IOException {
        Sink sink = channel == null ? null : channel.sink();
        if (sink != null && open.contains(channel)) {
            sink.data(bytes, offset, length);
        }
    }

    /** Says that nothing more arrives. On the thread of the connection. */
    void ended(@Nullable StreamChannel channel, @Nullable IOException failure) {
        Sink sink = channel == null ? null : channel.sink();
        if (sink != null && open.remove(channel)) {
            sink.end(failure);
        }
    }

    /** Writes frames, which nothing of another thread comes between. */
    interface Write {
        /** Writes. */
        void to(OutputStream out) throws IOException;
    }

    /** Writes whole frames on this thread. */
    void write(Write frames) throws IOException {
        synchronized (writing) {
            if (closed) {
                throw new StreamClosedException(closedBecause, null);
            }
            frames.to(connection.out());
        }
    }

    /**
     * Answers a ping. Whoever reads may not wait for a write: the other side may have stopped reading until we read what it
     * writes. So a thread of its own does, as long as there are answers.
     */
    void reply(byte[] frame) throws IOException {
        synchronized (replies) {
            if (replies.size() == MAX_REPLIES) {
                throw new StreamProtocolException("expected at most " + MAX_REPLIES + " pings at a time, got more");
            }
            replies.add(frame);
            if (!replying) {
                replying = true;
                daemon(this::reply, Thread.currentThread().getName() + "-pong").start();
            }
        }
    }

    private void reply() {
        while (true) {
            byte[] frame;
            synchronized (replies) {
                frame = replies.poll();
                if (frame == null) {
                    replying = false;
                    return;
                }
            }
            try {
                write(out -> out.write(frame));
            } catch (IOException e) {
                close();
            }
        }
    }

    /** {@return what arrives} */
    DataInputStream in() {
        return connection.in();
    }

    /** Ends the connection at once, and has those who still use it told why. */
    void close(String why) {
        closedBecause = why;
        close();
    }

    /** Ends the connection at once; channels that are open learn of it. May be called again, and by any thread. */
    @Override
    public void close() {
        closed = true;
        try {
            connection.close();
        } catch (IOException e) {
            // nobody can do anything about it, and the descriptor is gone anyway
        }
    }
}
