package dev.davit.registry;

import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * One server of a registry: knows how to reach it (TLS or not) and who we are there. Safe to share between threads.
 */
final class RegistryHost {
    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());

    private final Server server;
    private final Redirects redirects;
    private final Access access;
    private final ReentrantLock firstContact = new ReentrantLock();
    private final Reach reach = Reach.ofRegistry();
    private volatile @Nullable HttpUrl base;
    private volatile boolean contacted;

    /**
     * Creates a server; nothing is sent yet.
     *
     * @param server which one
     * @param transport how it is spoken to
     */
    RegistryHost(Server server, Transport transport, ClientSettings settings) {
        this.server = server;
        this.redirects = new Redirects(transport);
        this.base = server.secureBase() == null ? server.plainBase() : null;
        TokenService tokenService = new TokenService(transport, settings.clock);
        this.access = new Access(server.name(), settings.credentials, settings.plainHttpHosts, tokenService);
    }

    /** {@return whether it is known to be spoken to over TLS} */
    boolean isSecure() {
        HttpUrl known = base;
        return known != null && known.isHttps();
    }

    /** {@return whether it has asked who we are} */
    boolean isAsking() {
        return access.isExplained();
    }

    /**
     * The first request goes alone. What it finds out, whether there is TLS and how to say who we are, need not be found
     * out by all that a copy sends at the same time. If it fails, the others need not find that out one after the other.
     *
     * @return the answer to a request, whatever it is; the caller closes it
     * @throws dev.davit.oci.DavitException if there is none
     */
    Reply exchange(RegistryRequest request) {
        if (contacted) {
            return answered(request);
        }
        try {
            firstContact.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(request, e);
        }
        if (contacted) {
            firstContact.unlock();
            return answered(request);
        }
        try {
            return answered(request);
        } finally {
            contacted = true;
            firstContact.unlock();
        }
    }

    /** Answers one demand for credentials, and no second one. */
    private Reply answered(RegistryRequest request) {
        String sent = access.header(request, reach);
        Reply reply = routed(request, sent);
        if (reply.status() != 401 || !isOurs(reply.url())) {
            return reply;
        }
        String answer;
        try (reply) {
            answer = answer(request, reply, sent);
        }
        Reply second = routed(request, answer);
        if (second.status() == 401 && isOurs(second.url())) {
            try (second) {
                throw access.refused(request, second);
            }
        }
        return second;
    }

    /** Some registries say what they want at their front door alone. */
    private String answer(RegistryRequest request, Reply reply, @Nullable String sent) {
        if (!reply.challenges().isEmpty() || access.isExplained()) {
            return access.answer(request, reply, reach, sent);
        }
        RegistryRequest ping = RegistryRequest.of("GET", "", Scope.NONE, request.side(), request.subject());
        try (Reply door = routed(ping, null)) {
            return access.answer(request, door.status() == 401 && isOurs(door.url()) ? door : reply, reach, sent);
        }
    }

    /** Finds out on the way whether the registry speaks TLS. That happens before any credentials are sent. */
    private Reply routed(RegistryRequest request, @Nullable String authorization) {
        HttpUrl known = base;
        if (known != null) {
            return follow(known, request, authorization);
        }
        HttpUrl secureBase = server.base();
        HttpUrl plainBase = server.plainBase();
        Reach home = reach.home();
        try {
            Reply reply = redirects.exchange(secureBase, request, authorization, home);
            base = secureBase;
            return reply;
        } catch (IOException e) {
            if (plainBase == null || home.isConnected() || !isWithoutTls(e, secureBase.port() != plainBase.port())) {
                throw Failures.io(request, secureBase, e);
            }
        }
        LOG.log(Level.DEBUG, () -> server.name() + " does not speak TLS: using plain HTTP");
        Reply reply = follow(plainBase, request, authorization);
        base = plainBase;
        return reply;
    }

    private Reply follow(HttpUrl knownBase, RegistryRequest request, @Nullable String authorization) {
        try {
            return redirects.exchange(knownBase, request, authorization, reach.home());
        } catch (IOException e) {
            throw Failures.io(request, request.url(knownBase), e);
        }
    }

    /**
     * Tells whether the other side does not know what TLS is. A certificate that is not trusted, or a refusal in the
     * language of TLS, is no reason to talk without it.
     */
    private static boolean isWithoutTls(IOException e, boolean onAnotherPort) {
        if (e instanceof ConnectException) {
            return onAnotherPort;
        }
        if (e instanceof SSLPeerUnverifiedException
                || String.valueOf(e.getMessage()).contains("fatal alert")) {
            return false;
        }
        if (e instanceof SSLHandshakeException) {
            return e.getCause() instanceof EOFException;
        }
        return e instanceof SSLException || e instanceof SocketException;
    }

    private boolean isOurs(HttpUrl url) {
        HttpUrl known = base;
        return known != null && Origin.of(url).equals(Origin.of(known));
    }
}
