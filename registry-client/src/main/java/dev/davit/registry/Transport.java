package dev.davit.registry;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends single HTTP requests: no redirects, no authentication, no retries but those of OkHttp for connections that have
 * gone stale. Everything that leaves this module passes here. Safe to share between threads.
 */
final class Transport implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());
    private static final Set<String> NEEDING_BODY = Set.of("POST", "PUT", "PATCH");
    private static final RequestBody NOTHING = RequestBody.create(new byte[0]);
    /** Keeps OkHttp from sending a request twice: whoever deletes has to know whether it may have been done already. */
    private static final RequestBody NOTHING_ONCE = new RequestBody() {
        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return 0;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) {}
    };

    private final OkHttpClient verifying;
    private final OkHttpClient trustingAll;
    private final Set<String> unverifiedHosts;
    private final String userAgent;
    private final boolean ownsConnections;
    private final List<Path> trusted;
    /** The server that this is for, if it is for one in particular, and how that is spoken to. */
    private final @Nullable Server home;

    private final OkHttpClient atHome;
    private final AtomicBoolean closed;

    Transport(ClientSettings settings) {
        this.verifying = configured(settings);
        this.unverifiedHosts = Set.copyOf(settings.unverifiedHosts);
        this.trustingAll = unverifiedHosts.isEmpty() ? verifying : withoutChecks(verifying, null);
        this.userAgent = settings.userAgent;
        this.ownsConnections = settings.okHttpClient == null;
        this.trusted = List.copyOf(settings.trusted);
        this.home = null;
        this.atHome = verifying;
        this.closed = new AtomicBoolean();
    }

    private Transport(Transport common, Server home) {
        Tls tls = home.tls();
        this.trusted =
                Stream.concat(common.trusted.stream(), tls.trusted().stream()).toList();
        // where it sends us to, its token server above all, often has a certificate of the same authority
        this.verifying = tls.trusted().isEmpty() ? common.verifying : with(common.verifying, trusted, null);
        this.trustingAll = common.trustingAll;
        this.unverifiedHosts = common.unverifiedHosts;
        this.userAgent = common.userAgent;
        this.ownsConnections = false;
        this.home = home;
        this.closed = common.closed;
        this.atHome = !tls.verified()
                ? withoutChecks(common.verifying, tls.client())
                : tls.client() == null ? verifying : with(common.verifying, trusted, tls.client());
    }

    /** {@return the same for one server, which alone sees our certificate and the headers that are meant for it} */
    Transport to(Server server) {
        return server.tls().isUsual() && server.headers().isEmpty() ? this : new Transport(this, server);
    }

    private static OkHttpClient configured(ClientSettings settings) {
        OkHttpClient base = settings.okHttpClient == null ? new OkHttpClient() : settings.okHttpClient;
        OkHttpClient.Builder b = base.newBuilder()
                .followRedirects(false)
                .followSslRedirects(false)
                .authenticator(Authenticator.NONE)
                .cookieJar(CookieJar.NO_COOKIES)
                .cache(null)
                .socketFactory(new NoDelaySocketFactory(base.socketFactory()))
                .connectTimeout(settings.connectTimeout)
                .readTimeout(settings.responseTimeout)
                .writeTimeout(settings.idleTimeout)
                .callTimeout(Duration.ZERO)
                .addNetworkInterceptor(chain -> onConnection(chain, settings.idleTimeout));
        if (settings.proxies != null) {
            b.proxy(null).proxySelector(settings.proxies).proxyAuthenticator(settings.proxies);
        }
        OkHttpClient client = b.build();
        return settings.trusted.isEmpty() ? client : with(client, settings.trusted, null);
    }

    private static OkHttpClient with(OkHttpClient client, List<Path> trusted, @Nullable ClientCertificate own) {
        TrustedCertificates trust = TrustedCertificates.platformAnd(trusted);
        return client.newBuilder()
                .sslSocketFactory(trust.socketFactory(own), trust.manager())
                .build();
    }

    private static OkHttpClient withoutChecks(OkHttpClient client, @Nullable ClientCertificate own) {
        TrustedCertificates trust = TrustedCertificates.all();
        return client.newBuilder()
                .sslSocketFactory(trust.socketFactory(own), trust.manager())
                .hostnameVerifier((host, session) -> true)
                .build();
    }

    /** Runs when a request has its connection and nothing has been sent. */
    private static Response onConnection(Interceptor.Chain chain, Duration idleTimeout) throws IOException {
        Connection connection = chain.connection();
        Reach reach = chain.request().tag(Reach.class);
        if (connection != null && reach != null) {
            if (connection.route().proxy().type() == Proxy.Type.DIRECT) {
                reach.to(connection.route().socketAddress().getAddress());
            } else {
                reach.viaProxy();
            }
        }
        Response response = chain.proceed(chain.request());
        // the time-out until here was the one for an answer to begin; from here on it is the one between two bytes
        Timeout timeout = response.body().source().timeout();
        if (connection == null || connection.protocol() == Protocol.HTTP_2) {
            timeout.timeout(idleTimeout.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            // the system's own, and not that of Okio, which wakes a thread for each read of 8 KiB
            timeout.clearTimeout();
            connection.socket().setSoTimeout((int) idleTimeout.toMillis());
        }
        return response;
    }

    /**
     * Sends a request and waits for the head of its answer. An interrupt of the waiting thread cancels it.
     *
     * @param authorization value of the {@code Authorization} header, or null
     * @return the answer, whatever its status; the caller closes it
     * @throws IOException if there is none
     * @throws IllegalStateException if this is closed
     */
    Reply exchange(HttpUrl url, RegistryRequest request, @Nullable String authorization, Reach reach)
            throws IOException {
        if (closed.get()) {
            throw new IllegalStateException("the registry client is closed");
        }
        InterruptGuard guard = new InterruptGuard();
        Call call = client(url).newCall(prepared(url, request, authorization, reach, guard));
        Duration limit = request.limit();
        if (limit != null) {
            call.timeout().timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        }
        guard.guards(call);
        Response[] response = new Response[1];
        try {
            guard.during(() -> response[0] = call.execute());
        } catch (IOException e) {
            if (response[0] != null) {
                response[0].close();
            }
            LOG.log(Level.DEBUG, () -> line(url, request) + " failed: " + e);
            throw e;
        }
        LOG.log(Level.DEBUG, () -> line(url, request) + " → " + response[0].code());
        return new Reply(response[0], guard, request);
    }

    private Request prepared(
            HttpUrl url, RegistryRequest request, @Nullable String authorization, Reach reach, InterruptGuard guard) {
        Request.Builder b = new Request.Builder()
                .url(url)
                .tag(Reach.class, reach)
                .header("User-Agent", userAgent)
                // a digest is over the bytes as they are stored, so nothing may be compressed on the way
                .header("Accept-Encoding", "identity");
        request.headers().forEach(b::header);
        if (isHome(url)) {
            Objects.requireNonNull(home).headers().forEach(b::header);
        }
        if (authorization != null) {
            b.header("Authorization", authorization);
        }
        RequestContent body = request.body();
        boolean needsBody = NEEDING_BODY.contains(request.method());
        RequestBody content = body != null ? new BlobBody(body, guard) : needsBody ? NOTHING : null;
        return b.method(request.method(), request.method().equals("DELETE") ? NOTHING_ONCE : content)
                .build();
    }

    private OkHttpClient client(HttpUrl url) {
        if (isHome(url)) {
            return atHome;
        }
        return unverifiedHosts.contains(url.host() + ':' + url.port()) ? trustingAll : verifying;
    }

    private boolean isHome(HttpUrl url) {
        return home != null
                && Stream.of(home.secureBase(), home.plainBase())
                        .filter(Objects::nonNull)
                        .anyMatch(base -> Origin.of(base).equals(Origin.of(url)));
    }

    /** Queries hold signatures and session secrets. */
    private static String line(HttpUrl url, RegistryRequest request) {
        return request.method() + " " + url.scheme() + "://" + Origin.authority(url) + url.encodedPath();
    }

    @Override
    public void close() {
        closed.set(true);
        if (ownsConnections) {
            verifying.connectionPool().evictAll();
        }
    }
}
