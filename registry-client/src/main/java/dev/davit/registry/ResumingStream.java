package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.Text;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a blob from one place to another, over as many connections as it takes: where one breaks, the next begins
 * with the byte after the last that arrived. Whoever reads sees one stream, whose bytes it verifies once. The number of
 * tries is bounded between two places that are far enough apart to call it progress. For one thread.
 */
final class ResumingStream extends InputStream {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/(\\*|[0-9]{1,18})");
    private static final Pattern STRONG_TAG = Pattern.compile("\"[!-~&&[^\"]]{0,200}\"");
    /** A server that cuts each connection after less than this is not worth any number of requests. */
    static final long PROGRESS = 256 * 1024;

    private final RemoteBlob blob;
    private final Registry registry;
    private final Descriptor descriptor;
    private final long end;
    private final Tries tries;
    private long position;
    private long counted;
    /** Where an answer ended without a failure. */
    private long endedAt = -1;

    private boolean closed;
    /** Whether the registry has sent what was asked for, and not all. */
    private boolean part;

    private @Nullable InputStream in;
    private @Nullable String entityTag;

    /**
     * Asks for the bytes and waits until they begin to arrive.
     *
     * @param from the first byte
     * @param end the byte after the last
     */
    ResumingStream(RemoteBlob blob, Registry registry, long from, long end) {
        this.blob = blob;
        this.registry = registry;
        this.descriptor = blob.descriptor();
        this.position = from;
        this.counted = from;
        this.end = end;
        this.tries = registry.retries().start();
        this.in = openAgain(null);
    }

    /** {@return whether the registry knows requests for a part} */
    boolean isPart() {
        return part;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (closed) {
            throw new IllegalStateException("the stream is closed");
        }
        while (true) {
            try {
                InputStream now = in;
                int n = now == null ? -1 : now.read(target, offset, length);
                if (n >= 0 || position >= end) {
                    advance(n);
                    return n;
                }
                requireNotTheEnd();
                throw new EOFException("it ended after " + position + " of " + end + " bytes");
            } catch (TransferException e) {
                if (position >= end) {
                    return -1; // what comes after the last byte is of no interest
                }
                in = openAgain(e);
            } catch (IOException e) {
                in = openAgain(new TransferException(
                        Side.SOURCE, descriptor, blob.request().subject() + ": " + e.getMessage(), e));
            }
        }
    }

    /** Two servers, or one twice, do not break at the same byte: this is all there is. */
    private void requireNotTheEnd() {
        if (endedAt == position) {
            throw new IntegrityException(blob.request().subject(), descriptor.size() + " bytes", position + " bytes");
        }
        endedAt = position;
    }

    private void advance(int n) {
        position += Math.max(n, 0);
        if (position - counted >= PROGRESS) {
            counted = position;
            tries.progressed();
        }
    }

    /** Opens the stream at its position, after a failure if there was one. */
    private InputStream openAgain(@Nullable TransferException failure) {
        closeConnection();
        DavitException last = failure;
        while (true) {
            if (last != null) {
                tries.failed(last);
            }
            try {
                return openHere();
            } catch (TransferException | RegistryException e) {
                last = e;
            }
        }
    }

    private InputStream openHere() {
        boolean whole = position == 0 && end == descriptor.size();
        RegistryRequest request = blob.request();
        if (!whole) {
            request.header("Range", "bytes=" + position + "-" + (end - 1));
            if (entityTag != null) {
                request.header("If-Range", entityTag);
            }
        }
        Reply reply = whole ? registry.sendOnce(request, 200) : registry.sendOnce(request, 200, 206, 416);
        try {
            return bodyOf(reply);
        } catch (RuntimeException e) {
            reply.close();
            throw e;
        }
    }

    private InputStream bodyOf(Reply reply) {
        String subject = reply.request().subject();
        if (reply.status() == 416) {
            throw new IntegrityException(subject, descriptor.size() + " bytes", position + " bytes");
        }
        if (reply.status() == 206) {
            requireRange(reply);
            part = true;
            return reply.body();
        }
        if (reply.length() >= 0 && reply.length() != descriptor.size()) {
            throw new IntegrityException(subject, descriptor.size() + " bytes", reply.length() + " bytes");
        }
        blob.requireMediaType(reply);
        entityTag = reply.header("ETag")
                .filter(tag -> STRONG_TAG.matcher(tag).matches())
                .orElse(entityTag);
        // the registry does not know ranges: all comes again, and nothing may be taken twice
        return skipped(reply);
    }

    private InputStream skipped(Reply reply) {
        InputStream body = reply.body();
        try {
            body.skipNBytes(position);
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, descriptor, reply.request().subject() + ": it ended before byte " + position, e);
        }
        return body;
    }

    private void requireRange(Reply reply) {
        String range = reply.header("Content-Range").orElse("");
        Matcher m = CONTENT_RANGE.matcher(range);
        boolean right = m.matches()
                && Long.parseLong(m.group(1)) == position
                && Long.parseLong(m.group(2)) == end - 1
                && (m.group(3).equals("*") || Long.parseLong(m.group(3)) == descriptor.size());
        if (!right) {
            throw new IntegrityException(
                    reply.request().subject(),
                    "bytes " + position + "-" + (end - 1) + "/" + descriptor.size(),
                    range.isEmpty() ? "no Content-Range" : Text.quote(range));
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int available() throws IOException {
        InputStream now = in;
        return now == null ? 0 : now.available();
    }

    @Override
    public void close() {
        closed = true;
        closeConnection();
    }

    private void closeConnection() {
        InputStream now = in;
        in = null;
        if (now != null) {
            try {
                now.close();
            } catch (IOException e) {
                // it was only read
            }
        }
    }
}
