package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The content of an upload, from any place that was reached before. It is read and hashed once, however often the upload
 * is interrupted: what has to be sent again is read again as a range, and the verified stream goes on behind it. So the
 * last byte is still never sent of content that is not what it should be. For one thread.
 */
final class UploadSource implements AutoCloseable {
    private final Blob blob;
    private @Nullable InputStream verified;
    private long reached;

    UploadSource(Blob blob) {
        this.blob = blob;
    }

    Descriptor descriptor() {
        return blob.descriptor();
    }

    /** {@return how much was read: no piece begins behind this} */
    long reached() {
        return reached;
    }

    /**
     * A part of the content.
     *
     * @param from its first byte, not behind {@link #reached}
     * @param length how many bytes
     */
    RequestContent piece(long from, long length) {
        return new RequestContent(blob.descriptor(), length, false, () -> new Piece(from, length));
    }

    private InputStream verified() {
        if (verified == null) {
            verified = VerifyingInputStream.of(blob.open(), blob.descriptor(), "its source");
        }
        return verified;
    }

    @Override
    public void close() {
        if (verified != null) {
            try {
                verified.close();
            } catch (IOException e) {
                // it was only read
            }
        }
    }

    private final class Piece extends InputStream {
        private final long end;
        private long position;
        private @Nullable InputStream again;

        Piece(long from, long length) {
            this.position = from;
            this.end = from + length;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int wanted = (int) Math.min(length, end - position);
            if (wanted == 0) {
                // an empty blob is to be verified, too
                return end < descriptor().size() || reached < end
                        ? -1
                        : verified().read(target, offset, length);
            }
            int n = position < reached ? readAgain(target, offset, wanted) : readOn(target, offset, wanted);
            position += Math.max(n, 0);
            return n;
        }

        private int readAgain(byte[] target, int offset, int wanted) throws IOException {
            if (again == null) {
                again = blob.openRange(position, reached - position);
            }
            return again.read(target, offset, (int) Math.min(wanted, reached - position));
        }

        private int readOn(byte[] target, int offset, int wanted) throws IOException {
            int n = verified().read(target, offset, wanted);
            reached += Math.max(n, 0);
            return n;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public void close() throws IOException {
            if (again != null) {
                again.close();
            }
        }
    }
}
