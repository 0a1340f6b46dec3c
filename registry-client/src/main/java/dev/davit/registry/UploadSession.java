package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.TransferException.Side;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * An upload that a registry has opened: where it is, and how much has arrived. Each answer may move it. For one thread.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks">
 *     distribution-spec, "Pushing a blob in chunks"</a>
 */
final class UploadSession {
    private static final Pattern RANGE = Pattern.compile("(?:bytes[= ])?0-([0-9]{1,18})");
    private static final String BYTES = "application/octet-stream";
    /** Whoever gives up does not want to wait. */
    private static final Duration CANCELLING = Duration.ofSeconds(2);

    private final Endpoint endpoint;
    private final Descriptor descriptor;
    private final long leastPiece;
    private HttpUrl url;
    private long arrived;

    /**
     * A session that was just opened.
     *
     * @param opened the answer that opened it
     */
    UploadSession(Endpoint endpoint, Descriptor descriptor, Reply opened) {
        this.endpoint = endpoint;
        this.descriptor = descriptor;
        this.url = location(opened);
        this.leastPiece = opened.header("OCI-Chunk-Min-Length")
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    /** {@return how much has arrived, as far as is known} */
    long arrived() {
        return arrived;
    }

    /** {@return how short a piece may be, apart from the last} */
    long leastPiece() {
        return leastPiece;
    }

    /** What became of a request that sends content. */
    enum Sent {
        /** It was taken in, at least in part. */
        ADVANCED,
        /** Nothing of it was taken in. */
        NOTHING,
        /** It was longer than a request may be. */
        TOO_LONG
    }

    /** Sends all content and closes the session. */
    Sent sendWhole(UploadSource source) {
        return close(source.piece(0, descriptor.size()));
    }

    /** Closes the session, whose content has arrived. */
    void close() {
        close(new RequestContent(descriptor, 0, true, java.io.InputStream::nullInputStream));
    }

    private Sent close(RequestContent content) {
        HttpUrl closing = url.newBuilder()
                .addQueryParameter("digest", descriptor.digest().toString())
                .build();
        RegistryRequest put = at("PUT", closing).body(content, BYTES);
        try (Reply reply = endpoint.registry().sendOnce(put, 201, 200, 202, 204, 404, 413)) {
            requireKnown(reply);
            if (reply.status() == 413) {
                return Sent.TOO_LONG;
            }
            if (reply.status() != 201) {
                requireStored(reply);
            }
            return Sent.ADVANCED;
        }
    }

    /** Some registries say with another status that all is well, others mean something else. */
    private void requireStored(Reply reply) {
        if (!BlobUpload.exists(endpoint, descriptor)) {
            throw Failures.answer(reply);
        }
    }

    /** Sends the next piece. */
    Sent send(RequestContent piece) {
        long last = arrived + piece.length() - 1;
        RegistryRequest patch =
                at("PATCH", url).header("Content-Range", arrived + "-" + last).body(piece, BYTES);
        try (Reply reply = endpoint.registry().sendOnce(patch, 202, 201, 204, 404, 413, 416)) {
            requireKnown(reply);
            if (reply.status() == 413) {
                return Sent.TOO_LONG;
            }
            long before = arrived;
            if (reply.status() == 416) {
                OptionalLong range = range(reply);
                if (range.isEmpty()) {
                    return askHowMuchArrived() && arrived != before ? Sent.ADVANCED : Sent.NOTHING;
                }
                move(reply);
                arrived = range.getAsLong();
                // some say so to pieces that are too long
                return arrived == before ? Sent.TOO_LONG : Sent.ADVANCED;
            }
            move(reply);
            arrived = range(reply).orElse(last + 1);
            return arrived > before ? Sent.ADVANCED : Sent.NOTHING;
        }
    }

    /**
     * Asks the registry how much of the content it has.
     *
     * @return whether it can be told: not every registry knows, and none can say that it is nothing
     */
    boolean askHowMuchArrived() {
        try (Reply reply = endpoint.registry().sendOnce(at("GET", url), 204, 200, 202, 404)) {
            requireKnown(reply);
            move(reply);
            OptionalLong range = range(reply);
            // "0-0" is one byte, or none
            if (range.isEmpty() || range.getAsLong() <= 1 || range.getAsLong() > descriptor.size()) {
                return false;
            }
            arrived = range.getAsLong();
            return true;
        } catch (RegistryException e) {
            if (e instanceof LostUploadException || RetryPolicy.isPassing(e)) {
                throw e;
            }
            return false;
        }
    }

    /** Lets the registry forget the session; whether it does is its own business. An interrupt does not stop it. */
    void cancel() {
        boolean interrupted = Thread.interrupted();
        try (Reply reply =
                endpoint.registry().sendOnce(at("DELETE", url).within(CANCELLING), 204, 200, 202, 404, 405)) {
            reply.status();
        } catch (DavitException e) {
            // it expires by itself
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void requireKnown(Reply reply) {
        if (reply.status() == 404) {
            throw new LostUploadException(Failures.answer(reply));
        }
    }

    /** {@return how many bytes an answer says have arrived, if it does} */
    private static OptionalLong range(Reply reply) {
        Optional<Matcher> range = reply.header("Range").map(RANGE::matcher).filter(Matcher::matches);
        return range.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(range.get().group(1)) + 1);
    }

    private void move(Reply reply) {
        if (reply.header("Location").isPresent()) {
            url = location(reply);
        }
    }

    private static HttpUrl location(Reply reply) {
        return Redirects.target(reply, reply.header("Location").orElse(""), "upload location");
    }

    private RegistryRequest at(String method, HttpUrl target) {
        return RegistryRequest.at(
                        method,
                        target,
                        Scope.push(endpoint.repository()),
                        Side.TARGET,
                        endpoint.blob(descriptor.digest()))
                .moving(descriptor);
    }
}
