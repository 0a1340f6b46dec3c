package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.internal.Text;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;

/** Turns what went wrong on the wire, and answers that refuse, into exceptions that say what to do about it. */
final class Failures {
    private Failures() {}

    /** {@return the exception for a failed connection} */
    static DavitException io(RegistryRequest request, HttpUrl url, IOException e) {
        if (e instanceof ClosedByInterruptException || Thread.currentThread().isInterrupted()) {
            return interrupted(request, e);
        }
        if (e instanceof Reach.Refused) {
            return new RegistryException(
                    request.subject() + ": not followed to " + authority(url) + ": " + e.getMessage(),
                    0,
                    java.util.List.of(),
                    null);
        }
        String message = isUnreachable(e)
                ? "cannot reach " + authority(url) + ": " + reason(e)
                : request.subject() + ": the connection to " + authority(url) + " failed: " + reason(e);
        return new TransferException(request.side(), request.descriptor(), message, e);
    }

    /** {@return the exception for a caller that does not want to wait any longer} */
    static TransferException interrupted(RegistryRequest request, Exception e) {
        return new TransferException(
                Side.CALLER, request.descriptor(), request.subject() + ": the transfer was interrupted", e);
    }

    /** {@return the exception for an answer that is none of the expected ones} */
    static DavitException status(Reply reply) {
        ErrorBody error = errorOf(reply);
        RegistryException answer = answer(reply, error);
        String subject = reply.request().subject();
        String detail = detail(error);
        return switch (reply.status()) {
            case 401 -> new UnauthorizedException(subject + ": credentials are wanted" + detail, answer);
            case 403 -> new UnauthorizedException(subject + ": access denied" + detail, answer);
            case 404 -> new NotFoundException(subject + ": not found" + detail, answer);
            default -> answer;
        };
    }

    /** {@return what was answered, as an exception} */
    static RegistryException answer(Reply reply) {
        return answer(reply, errorOf(reply));
    }

    private static RegistryException answer(Reply reply, ErrorBody error) {
        return new RegistryException(
                reply.request().subject() + ": " + said(reply, error),
                reply.status(),
                error.codes(),
                reply.header("Retry-After").map(RetryAfter::parse).orElse(null));
    }

    private static String said(Reply reply, ErrorBody error) {
        return authority(reply.url()) + " answered " + reply.status() + " to "
                + reply.request().method() + detail(error);
    }

    /**
     * {@return the exception for an answer that says that the registry does not do such a thing at all}
     *
     * @param what it does not do, such as "the registry does not delete it"
     */
    static NotSupportedException notSupported(Reply reply, String what) {
        ErrorBody error = errorOf(reply);
        return new NotSupportedException(
                reply.request().subject() + ": " + what + ": " + said(reply, error), answer(reply, error));
    }

    private static ErrorBody errorOf(Reply reply) {
        return ErrorBody.of(reply.request().method().equals("HEAD") ? new byte[0] : reply.peek(ErrorBody.LIMIT));
    }

    private static String detail(ErrorBody error) {
        return error.text().isEmpty() ? "" : ": " + error.text();
    }

    private static boolean isUnreachable(IOException e) {
        return e instanceof ConnectException
                || e instanceof UnknownHostException
                || e instanceof NoRouteToHostException
                || e instanceof SSLException
                || isConnectTimeout(e);
    }

    private static boolean isConnectTimeout(IOException e) {
        return e instanceof SocketTimeoutException
                && String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("connect");
    }

    /** {@return the reason in words; the library's own texts name addresses and classes} */
    private static String reason(IOException e) {
        if (e instanceof UnknownHostException) {
            return "unknown host";
        }
        if (e instanceof StandstillException) {
            return "it stood still for too long";
        }
        if (e instanceof SocketTimeoutException) {
            return isConnectTimeout(e) ? "no connection in time" : "nothing came in time";
        }
        if (e instanceof SSLPeerUnverifiedException) {
            return "its certificate is for another host";
        }
        if (e instanceof SSLException) {
            return tls(e);
        }
        if (e instanceof ConnectException) {
            return innermost(e).contains("refused") ? "connection refused" : Text.plain(innermost(e));
        }
        if (e instanceof EOFException || innermost(e).startsWith("unexpected end of stream")) {
            return "it was closed too early";
        }
        if (e instanceof SocketException && innermost(e).contains("reset")) {
            return "it was reset";
        }
        return Text.plain(innermost(e));
    }

    private static String tls(IOException e) {
        if (isUntrusted(e)) {
            return "its certificate is not trusted (" + Text.plain(innermost(e))
                    + "); if it should be, hand its CA to RegistryClient.builder().trust(…)";
        }
        return "no TLS connection: " + Text.plain(innermost(e));
    }

    private static boolean isUntrusted(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof java.security.cert.CertificateException
                    || t instanceof java.security.cert.CertPathValidatorException
                    || t instanceof java.security.cert.CertPathBuilderException) {
                return true;
            }
        }
        return false;
    }

    private static String innermost(Throwable e) {
        Throwable t = e;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
    }

    private static String authority(HttpUrl url) {
        return Origin.authority(url);
    }
}
