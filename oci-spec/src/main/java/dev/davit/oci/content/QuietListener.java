package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps what a listener throws away from the transfer; logs the first of it, because the rest is likely the same. */
final class QuietListener implements TransferListener {
    private static final System.Logger LOG = System.getLogger(Copier.class.getName());

    private final TransferListener behind;
    private final AtomicBoolean failed = new AtomicBoolean();

    QuietListener(TransferListener behind) {
        this.behind = behind;
    }

    @Override
    public void planned(int nodes, long bytes) {
        quietly(() -> behind.planned(nodes, bytes));
    }

    @Override
    public void started(Descriptor node) {
        quietly(() -> behind.started(node));
    }

    @Override
    public void progressed(Descriptor node, long bytes) {
        quietly(() -> behind.progressed(node, bytes));
    }

    @Override
    public void finished(Descriptor node, ContentStore.Outcome outcome) {
        quietly(() -> behind.finished(node, outcome));
    }

    @Override
    public void failed(Descriptor node, RuntimeException cause) {
        quietly(() -> behind.failed(node, cause));
    }

    private void quietly(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            if (failed.compareAndSet(false, true)) {
                LOG.log(Level.WARNING, "a transfer listener failed", e);
            }
        }
    }
}
