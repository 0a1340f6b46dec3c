package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
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
 * @param attempts how often in all
 * @param firstWait the longest wait before the second attempt
 * @param longestWait the longest wait that is honoured
 */
record RetryPolicy(int attempts, Duration firstWait, Duration longestWait) {
    static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofMillis(250), Duration.ofSeconds(30));

    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());
    private static final Set<Integer> PASSING = Set.of(408, 429, 502, 503, 504);

    /** Does something that has the same effect when it is done again. */
    <T> T run(Supplier<T> action) {
        for (int attempt = 1; ; attempt++) {
            try {
                return action.get();
            } catch (TransferException | RegistryException e) {
                Duration wait = waitAfter(attempt, e);
                if (attempt == attempts || !isPassing(e) || wait.compareTo(longestWait) > 0) {
                    throw e;
                }
                LOG.log(Level.DEBUG, () -> "trying again in " + wait.toMillis() + " ms: " + e.getMessage());
                sleep(wait, e);
            }
        }
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

    /** What is not HTTP today will not be tomorrow; but OkHttp says of a cut body that it breaks the protocol. */
    private static boolean isOddity(IOException cause) {
        return cause instanceof ProtocolException
                && !String.valueOf(cause.getMessage()).startsWith("unexpected end of stream");
    }

    private Duration waitAfter(int attempt, DavitException e) {
        if (e instanceof RegistryException answer && answer.retryAfter().isPresent()) {
            return answer.retryAfter().get();
        }
        long most = firstWait.toMillis() << (attempt - 1);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }

    private static void sleep(Duration wait, DavitException after) {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(
                    Side.CALLER, null, "interrupted while waiting to try again after: " + after.getMessage(), e);
        }
    }
}
