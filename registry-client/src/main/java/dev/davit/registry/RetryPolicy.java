package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * What is tried again, how often, and after which wait: a few times, for failures that pass, with waits that double and
 * are spread so that many clients do not come back together. A wait that the registry asks for is honoured up to a
 * limit; asked to wait longer, the client gives up at once and its exception says so.
 *
 * @param attempts how often in a row without getting further
 * @param firstWait the longest wait before the second attempt
 * @param longestWait the longest wait that is honoured
 */
record RetryPolicy(int attempts, Duration firstWait, Duration longestWait) {
    static final RetryPolicy DEFAULT = new RetryPolicy(5, Duration.ofMillis(250), Duration.ofSeconds(30));

    private static final Set<Integer> PASSING = Set.of(408, 429, 499, 500, 502, 503, 504, 522);

    /** Does something that has the same effect when it is done again. */
    <T> T run(Supplier<T> action) {
        Tries tries = start();
        while (true) {
            try {
                return action.get();
            } catch (TransferException | RegistryException e) {
                tries.failed(e);
            }
        }
    }

    /** {@return what counts the tries of one thing} */
    Tries start() {
        return new Tries(this);
    }

    /** {@return whether a failure may be gone the next time} */
    static boolean isPassing(DavitException e) {
        if (e instanceof LostUploadException) {
            return true;
        }
        if (e instanceof RegistryException answer) {
            return PASSING.contains(answer.status());
        }
        return e instanceof TransferException t
                && t.side() != Side.CALLER
                && t.getCause() instanceof IOException cause
                && !(cause instanceof UnknownHostException)
                && !(cause instanceof SocketTimeoutException)
                && !(cause instanceof SSLHandshakeException)
                && !(cause instanceof SSLPeerUnverifiedException)
                && !isOddity(cause);
    }

    /**
     * What is not HTTP today will not be tomorrow. But OkHttp says of a cut body that it breaks the protocol, and of what
     * is left of a body that was longer than its length and met the next request on the connection.
     */
    private static boolean isOddity(IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return cause instanceof ProtocolException
                && !message.startsWith("unexpected end of stream")
                && !message.startsWith("unexpected status line");
    }

    /** {@return how long to wait after a failure, the first of which has number 1} */
    Duration waitAfter(int failure, DavitException e) {
        if (e instanceof RegistryException answer && answer.retryAfter().isPresent()) {
            return answer.retryAfter().get();
        }
        long most = firstWait.toMillis() << Math.min(failure - 1, 20);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }
}
