package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** How often one thing was tried in a row without getting any further. For one thread. */
final class Tries {
    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());

    private final RetryPolicy policy;
    private int failures;

    Tries(RetryPolicy policy) {
        this.policy = policy;
    }

    /** Says that something was reached, after which all tries are there again. */
    void progressed() {
        failures = 0;
    }

    /**
     * Waits until it can be tried again.
     *
     * @param e why it failed; thrown if that does not pass, or was tried often enough, or takes too long
     */
    void failed(DavitException e) {
        failures++;
        Duration wait = policy.waitAfter(failures, e);
        if (failures >= policy.attempts() || !RetryPolicy.isPassing(e) || wait.compareTo(policy.longestWait()) > 0) {
            throw e;
        }
        LOG.log(Level.DEBUG, () -> "trying again in " + wait.toMillis() + " ms: " + e.getMessage());
        sleep(wait, e);
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
