package dev.davit.testkit.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers each path in another way, so that a test can ask for the behaviour that it looks at. */
final class AnswerByPath implements Handler {
    private final AtomicInteger handled = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);

    /** How many requests it has begun to answer. */
    int handled() {
        return handled.get();
    }

    /** Lets the requests for {@code /wait} go on. */
    void release() {
        release.countDown();
    }

    @Override
    public Response handle(Request request) throws IOException {
        handled.incrementAndGet();
        return switch (request.path()) {
            case "/echo" -> Response.of(200).with("text/plain", request.body().readAllBytes());
            case "/count" -> text(Integer.toString(request.body().readAllBytes().length));
            case "/target" -> text(request.path() + " " + request.parameters() + " " + request.target());
            case "/ignore" -> text("not read");
            case "/none" -> Response.of(204);
            case "/stream" -> Response.of(200).with(stream("streamed", -1));
            case "/short" -> Response.of(200).with(stream("short", 100));
            case "/lie" -> Response.of(200).with("Content-Length", "3").with(stream("longer", -1));
            case "/cut" -> Response.of(200).with(cut());
            case "/drop" -> throw new IOException("no answer");
            case "/fail" -> throw new IllegalStateException("a bug");
            case "/wait" -> {
                await();
                yield text("waited");
            }
            default -> text(request.path());
        };
    }

    private static Response text(String text) {
        return Response.of(200).with("text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    private static Response.Body stream(String text, long length) {
        return new Response.Body() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
            }
        };
    }

    /** Ten bytes of which the first four can be read. */
    private static Response.Body cut() {
        return new Response.Body() {
            @Override
            public long length() {
                return 10;
            }

            @Override
            public InputStream open() {
                InputStream broken = new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the disk is gone");
                    }

                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        return read();
                    }
                };
                return new SequenceInputStream(new ByteArrayInputStream(new byte[4]), broken);
            }
        };
    }

    private void await() throws IOException {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
