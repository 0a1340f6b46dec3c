package dev.davit.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import okhttp3.Authenticator;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go through a proxy, and who we are there. Never those to this machine. The password is sent to the proxy
 * alone.
 */
final class Proxies extends ProxySelector implements Authenticator {
    private final @Nullable Way plain;
    private final @Nullable Way secure;
    private final NoProxy direct;

    /** A proxy, and what it wants to know. */
    private record Way(Proxy proxy, @Nullable String authorization) {
        @Override
        public String toString() {
            return proxy.toString();
        }
    }

    private Proxies(@Nullable Way plain, @Nullable Way secure, NoProxy direct) {
        this.plain = plain;
        this.secure = secure;
        this.direct = direct;
    }

    /** {@return one proxy for everything} */
    static Proxies all(String url) {
        Way way = parse("proxy", url);
        return new Proxies(way, way, NoProxy.parse(""));
    }

    /** {@return what the usual variables say, or nothing if they say nothing} */
    static Optional<Proxies> of(Surroundings surroundings) {
        Way plain = variable(surroundings, "HTTP_PROXY");
        Way secure = variable(surroundings, "HTTPS_PROXY");
        if (plain == null && secure == null) {
            return Optional.empty();
        }
        String direct = surroundings
                .variable("NO_PROXY")
                .or(() -> surroundings.variable("no_proxy"))
                .orElse("");
        return Optional.of(new Proxies(plain, secure, NoProxy.parse(direct)));
    }

    private static @Nullable Way variable(Surroundings surroundings, String name) {
        return surroundings
                .variable(name)
                .or(() -> surroundings.variable(name.toLowerCase(Locale.ROOT)))
                .map(url -> parse(name, url))
                .orElse(null);
    }

    /** The URL may have a password in it, so that no message has the URL. */
    private static Way parse(String name, String text) {
        boolean socks = text.startsWith("socks5://") || text.startsWith("socks5h://");
        String rest = text.contains("://") ? text.substring(text.indexOf("://") + 3) : text;
        HttpUrl url =
                socks || text.startsWith("http://") || !text.contains("://") ? HttpUrl.parse("http://" + rest) : null;
        if (url == null || (socks && !url.username().isEmpty())) {
            throw new IllegalArgumentException(
                    name + ": expected http://[user:password@]host[:port] or socks5://host[:port], got another proxy");
        }
        boolean hasPort = rest.substring(rest.indexOf('@') + 1).matches("(\\[.*]|[^:/]*):80(/.*)?") || url.port() != 80;
        int port = hasPort ? url.port() : socks ? 1080 : 80;
        Proxy proxy = new Proxy(
                socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP, InetSocketAddress.createUnresolved(url.host(), port));
        return new Way(
                proxy,
                url.username().isEmpty()
                        ? null
                        : Credentials.basic(url.username(), url.password(), StandardCharsets.UTF_8));
    }

    @Override
    public List<Proxy> select(URI uri) {
        Way way = "https".equalsIgnoreCase(uri.getScheme()) ? secure : plain;
        HttpUrl url = HttpUrl.parse(uri.toString());
        if (way == null || url == null || Origin.isLoopback(url.host()) || direct.matches(url.host(), url.port())) {
            return List.of(Proxy.NO_PROXY);
        }
        return List.of(way.proxy);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // the request fails, which says it all
    }

    @Override
    public @Nullable Request authenticate(@Nullable Route route, Response response) {
        if (route == null || response.request().header("Proxy-Authorization") != null) {
            return null; // it was refused
        }
        boolean basic = response.challenges().stream()
                .anyMatch(challenge -> challenge.scheme().equalsIgnoreCase("Basic")
                        || challenge.scheme().equalsIgnoreCase("OkHttp-Preemptive"));
        for (Way way : new Way[] {secure, plain}) {
            if (basic && way != null && way.authorization != null && way.proxy.equals(route.proxy())) {
                return response.request()
                        .newBuilder()
                        .header("Proxy-Authorization", way.authorization)
                        .build();
            }
        }
        return null;
    }
}
