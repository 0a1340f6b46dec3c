package dev.davit.cri.internal.stream;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of the streams that share a connection.
 *
 * @param number by what a WebSocket message says that it belongs to the channel; also what we call it
 * @param headers by what a stream of SPDY says what it is for
 * @param sink takes what arrives; null if nothing is expected, and what arrives nevertheless is dropped
 */
public record StreamChannel(
        int number, Map<String, String> headers, @Nullable Sink sink) {
    /** Number of the channel for the input of a process. */
    public static final int STDIN = 0;

    /** Number of the channel for the output of a process. */
    public static final int STDOUT = 1;

    /** Number of the channel for the error messages of a process. */
    public static final int STDERR = 2;

    /** Number of the channel that says how a process has ended. */
    public static final int STATUS = 3;

    /** Number of the channel for the size of the terminal. */
    public static final int RESIZE = 4;

    /** Number of the channel for the bytes of a forwarded connection. */
    public static final int PORT_DATA = 0;

    /** Number of the channel for what went wrong with a forwarded connection. */
    public static final int PORT_ERROR = 1;

    /** {@return a channel of a process} */
    public static StreamChannel of(int number, String streamType, @Nullable Sink sink) {
        return new StreamChannel(number, Map.of("streamtype", streamType), sink);
    }
}
