package dev.davit.testkit.internal;

import dev.davit.testkit.http.ConnectionEnd;
import dev.davit.testkit.http.ConnectionEnd.Kind;
import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.Headers;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What can go wrong around one request: layers that change the request, the answer or the connection. */
@FunctionalInterface
public interface Misbehaviour {
    /**
     * Answers a request, or does not.
     *
     * @param next answers it as it should be
     */
    Response around(Request request, Handler next) throws IOException;

    /** {@return what changes only the answer} */
    static Misbehaviour ofAnswer(UnaryOperator<Response> change) {
        return (request, next) -> change.apply(next.handle(request));
    }

    /** {@return what changes only the body of the answer, and so may make its framing wrong} */
    static Misbehaviour ofAnswerBody(UnaryOperator<InputStream> change) {
        return ofAnswer(response -> response.with(new ChangedBody(response.body(), change)));
    }

    /** {@return what changes only the body of the request} */
    static Misbehaviour ofRequestBody(UnaryOperator<InputStream> change) {
        return (request, next) ->
                next.handle(with(request, request.headers(), request.contentLength(), change.apply(request.body())));
    }

    /** {@return what leaves a header field of the request out} */
    static Misbehaviour withoutRequestHeader(String name) {
        return (request, next) ->
                next.handle(with(request, request.headers().without(name), request.contentLength(), request.body()));
    }

    /** {@return what takes in the beginning of a body as if it were all of it} */
    static Misbehaviour takingOnly(long bytes) {
        return (request, next) -> {
            long taken = Math.min(bytes, request.contentLength());
            InputStream beginning = new Scripted(request.body()) {
                @Override
                int most(int wanted) {
                    return (int) Math.min(wanted, taken - position);
                }
            };
            return next.handle(with(request, request.headers().without("Content-Range"), taken, beginning));
        };
    }

    /** {@return what ends an upload before the request for it arrives} */
    static Misbehaviour losingUpload() {
        return (request, next) -> {
            next.handle(new Request(
                    "DELETE",
                    request.path(),
                    request.parameters(),
                    request.target(),
                    request.headers(),
                    0,
                    InputStream.nullInputStream()));
            return next.handle(request);
        };
    }

    private static Request with(Request request, Headers headers, long length, InputStream body) {
        return new Request(
                request.method(), request.path(), request.parameters(), request.target(), headers, length, body);
    }

    /** {@return the stream, after whose first bytes the connection ends} */
    static InputStream endingAfter(InputStream in, long bytes, Kind kind, boolean inRequest) {
        return new Scripted(in) {
            @Override
            int most(int wanted) throws IOException {
                if (position >= bytes) {
                    ConnectionEnd end = new ConnectionEnd(kind);
                    throw inRequest ? end.asFailureOfClient() : end;
                }
                return (int) Math.min(wanted, bytes - position);
            }
        };
    }

    /** {@return the stream, with one byte changed} */
    static InputStream corruptedAt(InputStream in, long index) {
        return new Scripted(in) {
            @Override
            void look(byte[] bytes, int offset, int length) {
                if (index >= position && index < position + length) {
                    bytes[offset + (int) (index - position)] ^= 1;
                }
            }
        };
    }

    /** {@return the stream, with its beginning at its end} */
    static InputStream reordered(InputStream in, int bytes) {
        return new InputStream() {
            private @Nullable InputStream all;

            private InputStream all() throws IOException {
                if (all == null) {
                    byte[] beginning = in.readNBytes(bytes);
                    all = new SequenceInputStream(in, new ByteArrayInputStream(beginning));
                }
                return all;
            }

            @Override
            public int read() throws IOException {
                return all().read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return all().read(target, offset, length);
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    /** {@return the stream, which delivers not more than so many bytes a second} */
    static InputStream slowed(InputStream in, long bytesPerSecond) {
        return new Scripted(in) {
            @Override
            int most(int wanted) throws IOException {
                int most = (int) Math.min(wanted, Math.max(1, bytesPerSecond / 50));
                pause(most * 1000L / bytesPerSecond);
                return most;
            }
        };
    }

    /** Waits, unless the server is closed. */
    static void pause(long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server is being closed", e);
        }
    }

    /** The body of an answer, read in another way; its length stays what was said. */
    record ChangedBody(Response.Body body, UnaryOperator<InputStream> change) implements Response.Body {
        @Override
        public long length() {
            return body.length();
        }

        @Override
        public InputStream open() throws IOException {
            return change.apply(body.open());
        }
    }

    /** A stream that counts, and can be told how much to read at once. */
    abstract class Scripted extends InputStream {
        private final InputStream in;
        /** How many bytes were read. */
        long position;

        Scripted(InputStream in) {
            this.in = in;
        }

        /** Says how many bytes may be read now, 0 at the end. */
        int most(int wanted) throws IOException {
            return wanted;
        }

        /** Sees, and may change, what was read. */
        void look(byte[] bytes, int offset, int length) {}

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int most = most(length);
            int n = most <= 0 ? -1 : in.read(bytes, offset, most);
            if (n > 0) {
                look(bytes, offset, n);
                position += n;
            }
            return n;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
