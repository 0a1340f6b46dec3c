package dev.davit.cri;

import dev.davit.cri.internal.containerd.ReadContentRequest;
import dev.davit.cri.internal.containerd.ReadContentResponse;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** What containerd answers to a reader, as one stream: unverified. For one thread. */
final class ContainerdInputStream extends InputStream {
    private final Exchange<ReadContentRequest, ReadContentResponse> answers;
    private ByteBuffer data = ByteBuffer.allocate(0);
    private boolean ended;

    ContainerdInputStream(Exchange<ReadContentRequest, ReadContentResponse> answers) {
        this.answers = answers;
    }

    @Override
    public int read() {
        return fill() ? data.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int n = Math.min(length, data.remaining());
        data.get(target, offset, n);
        return n;
    }

    private boolean fill() {
        while (!ended && !data.hasRemaining()) {
            ReadContentResponse answer = answers.next();
            if (answer == null) {
                ended = true;
            } else {
                data = answer.getData().asReadOnlyByteBuffer();
            }
        }
        return data.hasRemaining();
    }

    @Override
    public int available() {
        return data.remaining();
    }

    @Override
    public void close() {
        ended = true;
        data = ByteBuffer.allocate(0);
        answers.close();
    }
}
