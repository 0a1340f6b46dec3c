package dev.davit.cri.internal.stream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Remembers what has arrived on a channel. */
final class Heard implements Sink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private IOException failure;

    @Override
    public synchronized void data(byte[] source, int offset, int length) {
        bytes.write(source, offset, length);
    }

    @Override
    public synchronized void end(IOException why) {
        if (ended.getCount() == 0) {
            throw new AssertionError("ended twice");
        }
        failure = why;
        ended.countDown();
    }

    /** Waits for the end. {@return what has arrived, and why it ended if not as it should} */
    String all() throws InterruptedException {
        if (!ended.await(10, TimeUnit.SECONDS)) {
            return "not ended: " + bytes;
        }
        synchronized (this) {
            String text = bytes.toString(StandardCharsets.UTF_8);
            return failure == null ? text : text + "|" + failure.getMessage();
        }
    }

    /** Waits for the end. {@return why it came} */
    IOException failure() throws InterruptedException {
        all();
        return failure;
    }
}
