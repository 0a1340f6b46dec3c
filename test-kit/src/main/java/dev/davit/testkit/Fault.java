package dev.davit.testkit;

import dev.davit.testkit.http.ConnectionEnd;
import dev.davit.testkit.http.ConnectionEnd.Kind;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import dev.davit.testkit.internal.FaultLayer;
import dev.davit.testkit.internal.Misbehaviour;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Something that goes wrong between a client and an {@link EmbeddedRegistry}, at the requests of one's choice, for tests
 * of how clients live with it.
 *
 * <pre>{@code
 * Fault cut = Fault.dropAfter(1_000_000).on("GET", "/v2/acme/app/blobs/*").times(2);
 * registry.inject(cut);
 * ...
 * assertThat(registry.hits(cut)).isEqualTo(2);
 * }</pre>
 *
 * <p>Without {@link #on}, {@link #skip} and {@link #times}, every request is hit. Several faults can hit one request:
 * what was injected first is nearest to the client. Immutable.
 */
public final class Fault {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Misbehaviour misbehaviour;
    private final String method;
    private final String path;
    private final int skipped;
    private final int times;

    private Fault(Misbehaviour misbehaviour) {
        this(misbehaviour, "*", "*", 0, Integer.MAX_VALUE);
    }

    private Fault(Misbehaviour misbehaviour, String method, String path, int skipped, int times) {
        this.misbehaviour = misbehaviour;
        this.method = method;
        this.path = path;
        this.skipped = skipped;
        this.times = times;
    }

    // which requests

    /**
     * The same, at some requests only.
     *
     * @param newMethod a method such as {@code GET}, or {@code *} for all; {@code GET} is not {@code HEAD}
     * @param newPath the path, without the query, in which {@code *} stands for any text: {@code /v2/acme/app/blobs/*}
     * @return the fault
     */
    public Fault on(String newMethod, String newPath) {
        return new Fault(misbehaviour, newMethod, newPath, skipped, times);
    }

    /**
     * The same, but the first matching requests go well.
     *
     * @param requests how many
     * @return the fault
     */
    public Fault skip(int requests) {
        return new Fault(misbehaviour, method, path, requests, times);
    }

    /**
     * The same, but only so many matching requests are hit.
     *
     * @param requests how many
     * @return the fault
     */
    public Fault times(int requests) {
        return new Fault(misbehaviour, method, path, skipped, requests);
    }

    void addTo(FaultLayer layer) {
        Pattern form = Pattern.compile(
                Pattern.compile("\\*")
                        .splitAsStream(path + "\0")
                        .map(part -> part.replace("\0", ""))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")),
                Pattern.DOTALL);
        layer.add(
                this,
                (Request request) -> (method.equals("*") || method.equals(request.method()))
                        && form.matcher(request.path()).matches(),
                skipped,
                times,
                misbehaviour);
    }

    // connections

    /** {@return the connection is closed instead of an answer; the request has no effect} */
    public static Fault drop() {
        return before(Kind.DROP);
    }

    /** {@return the connection is reset instead of an answer; the request has no effect} */
    public static Fault reset() {
        return before(Kind.RESET);
    }

    /** {@return there is never an answer, until the client goes; the request has no effect} */
    public static Fault stall() {
        return before(Kind.STALL);
    }

    /** {@return the request has its effect, but the connection is closed instead of an answer} */
    public static Fault loseAnswer() {
        return new Fault((request, next) -> {
            next.handle(request);
            throw new ConnectionEnd(Kind.DROP);
        });
    }

    /**
     * The connection is closed in the middle of an answer.
     *
     * @param bytes how much of its body is sent before
     * @return the fault
     */
    public static Fault dropAfter(long bytes) {
        return after(bytes, Kind.DROP);
    }

    /**
     * The connection is reset in the middle of an answer.
     *
     * @param bytes how much of its body is sent before; not all of it need arrive
     * @return the fault
     */
    public static Fault resetAfter(long bytes) {
        return after(bytes, Kind.RESET);
    }

    /**
     * An answer stands still until the client goes.
     *
     * @param bytes how much of its body is sent before
     * @return the fault
     */
    public static Fault stallAfter(long bytes) {
        return after(bytes, Kind.STALL);
    }

    /**
     * The connection is closed in the middle of a request. An upload keeps what it got.
     *
     * @param bytes how much of the body is read before
     * @return the fault
     */
    public static Fault dropRequestAfter(long bytes) {
        return inRequest(bytes, Kind.DROP);
    }

    /**
     * A request is not read any more, until the client goes. An upload keeps what it got.
     *
     * @param bytes how much of the body is read before
     * @return the fault
     */
    public static Fault stallRequestAfter(long bytes) {
        return inRequest(bytes, Kind.STALL);
    }

    /**
     * Bodies in both directions are slow.
     *
     * @param bytesPerSecond how slow: a positive number
     * @return the fault
     */
    public static Fault slow(long bytesPerSecond) {
        Misbehaviour in = Misbehaviour.ofRequestBody(body -> Misbehaviour.slowed(body, bytesPerSecond));
        Misbehaviour out = Misbehaviour.ofAnswerBody(body -> Misbehaviour.slowed(body, bytesPerSecond));
        return new Fault((request, next) -> out.around(request, r -> in.around(r, next)));
    }

    /**
     * The registry thinks for a while before it does anything.
     *
     * @param duration how long
     * @return the fault
     */
    public static Fault delay(Duration duration) {
        return new Fault((request, next) -> {
            Misbehaviour.pause(duration.toMillis());
            return next.handle(request);
        });
    }

    // answers

    /**
     * Something else is answered; the request has no effect.
     *
     * @param status the status
     * @param contentType what the body is
     * @param body the body
     * @return the fault
     */
    public static Fault answer(int status, String contentType, String body) {
        Response response = Response.of(status).with(contentType, body.getBytes(StandardCharsets.UTF_8));
        return new Fault((request, next) -> response);
    }

    /**
     * Another status is answered, without a body; the request has no effect.
     *
     * @param status the status
     * @return the fault
     */
    public static Fault status(int status) {
        return new Fault((request, next) -> Response.of(status));
    }

    /**
     * A web page is answered, as by a proxy or a login portal; the request has no effect.
     *
     * @param status the status
     * @return the fault
     */
    public static Fault html(int status) {
        return answer(status, "text/html", "<!DOCTYPE html><html><body><h1>Something is here</h1></body></html>\n");
    }

    /**
     * There were too many requests: status 429, with the time to wait in seconds.
     *
     * @param wait how long to wait, in whole seconds
     * @return the fault
     */
    public static Fault throttle(Duration wait) {
        return throttled(Long.toString(wait.toSeconds()));
    }

    /**
     * There were too many requests: status 429, with the time to wait for as a date.
     *
     * @param until when to come back, in whole seconds
     * @return the fault
     */
    public static Fault throttleUntil(Instant until) {
        return throttled(HTTP_DATE.format(until));
    }

    /**
     * Answers lead to somewhere else; the request has no effect.
     *
     * @param status such as 307
     * @param location the {@code Location} header
     * @return the fault
     */
    public static Fault redirect(int status, String location) {
        return new Fault((request, next) -> Response.of(status).with("Location", location));
    }

    /**
     * Answers lead to the same path on another server, by status 307; the request has no effect.
     *
     * @param origin scheme, host and port, such as {@link EmbeddedRegistry#uri} of another registry
     * @return the fault
     */
    public static Fault redirectTo(URI origin) {
        return new Fault((request, next) -> Response.of(307).with("Location", origin + request.target()));
    }

    /**
     * The body of an answer is shorter than it should be, and its length says so too.
     *
     * @param bytes how long it is at most
     * @return the fault
     */
    public static Fault truncateTo(long bytes) {
        return new Fault(Misbehaviour.ofAnswer(response -> {
            Response.Body body = response.body();
            long length = body.length() < 0 ? bytes : Math.min(bytes, body.length());
            return new Response(response.status(), response.headers().without("Content-Length"), new Response.Body() {
                @Override
                public long length() {
                    return length;
                }

                @Override
                public java.io.InputStream open() throws java.io.IOException {
                    return new java.io.ByteArrayInputStream(body.open().readNBytes((int) length));
                }
            });
        }));
    }

    /**
     * A byte of an answer is wrong.
     *
     * @param index which byte of the body
     * @return the fault
     */
    public static Fault corruptAt(long index) {
        return new Fault(Misbehaviour.ofAnswerBody(body -> Misbehaviour.corruptedAt(body, index)));
    }

    /**
     * The bytes of an answer come in the wrong order: its beginning is at the end.
     *
     * @param bytes how long the beginning is, which is kept in memory meanwhile
     * @return the fault
     */
    public static Fault reorder(int bytes) {
        return new Fault(Misbehaviour.ofAnswerBody(body -> Misbehaviour.reordered(body, bytes)));
    }

    /**
     * A header field of an answer has another value, also {@code Content-Length}, {@code Content-Range} or {@code
     * Docker-Content-Digest}.
     *
     * @param name the name
     * @param value the value
     * @return the fault
     */
    public static Fault header(String name, String value) {
        return new Fault(Misbehaviour.ofAnswer(response -> response.with(name, value)));
    }

    /**
     * A header field of an answer is missing.
     *
     * @param name the name
     * @return the fault
     */
    public static Fault withoutHeader(String name) {
        return new Fault(Misbehaviour.ofAnswer(
                response -> new Response(response.status(), response.headers().without(name), response.body())));
    }

    // what a registry does

    /** {@return ranges are not known: everything is sent, with status 200} */
    public static Fault ignoreRange() {
        return new Fault(Misbehaviour.withoutRequestHeader("Range"));
    }

    /** {@return the upload that a request is for has expired just before} */
    public static Fault loseUpload() {
        return new Fault(Misbehaviour.losingUpload());
    }

    /**
     * Longer bodies of requests are refused with status 413, as by a proxy.
     *
     * @param bytes how long they may be
     * @return the fault
     */
    public static Fault capBody(long bytes) {
        return new Fault((request, next) ->
                request.contentLength() > bytes ? Response.of(413).with("Connection", "close") : next.handle(request));
    }

    /**
     * Only the beginning of a body is taken in, as if no more had been sent.
     *
     * @param bytes how much
     * @return the fault
     */
    public static Fault takeOnly(long bytes) {
        return new Fault(Misbehaviour.takingOnly(bytes));
    }

    /**
     * Uploads say that pieces have to have a certain length: {@code OCI-Chunk-Min-Length}.
     *
     * @param bytes the length
     * @return the fault
     */
    public static Fault chunkMinLength(long bytes) {
        return header("OCI-Chunk-Min-Length", Long.toString(bytes)).on("POST", "*/blobs/uploads/");
    }

    private static Fault before(Kind kind) {
        return new Fault((request, next) -> {
            throw new ConnectionEnd(kind);
        });
    }

    private static Fault after(long bytes, Kind kind) {
        return new Fault(Misbehaviour.ofAnswerBody(body -> Misbehaviour.endingAfter(body, bytes, kind, false)));
    }

    private static Fault inRequest(long bytes, Kind kind) {
        return new Fault(Misbehaviour.ofRequestBody(body -> Misbehaviour.endingAfter(body, bytes, kind, true)));
    }

    private static Fault throttled(String retryAfter) {
        Response response = Response.of(429).with("Retry-After", retryAfter);
        return new Fault((request, next) -> response);
    }
}
