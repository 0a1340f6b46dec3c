package dev.davit.registry;

import java.util.Map;
import java.util.Objects;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * One server that speaks for a registry, and how it is spoken to.
 *
 * @param name {@code host[:port]}: whose credentials are sent to it
 * @param secureBase its {@code …/v2/} over TLS, or null if it is to be spoken to without
 * @param plainBase the same without TLS, or null if it has to have it
 * @param tls its certificates
 * @param headers what each request to it says besides
 */
record Server(
        String name, @Nullable HttpUrl secureBase, @Nullable HttpUrl plainBase, Tls tls, Map<String, String> headers) {
    Server {
        headers = Map.copyOf(headers);
    }

    /**
     * A server that is found by its name alone.
     *
     * @param name {@code host[:port]}
     * @param plainAllowed whether it may do without TLS, which a server on this machine always may
     */
    static Server named(String name, boolean plainAllowed, Tls tls) {
        String authority = name.equals("docker.io") ? "registry-1.docker.io" : name;
        HttpUrl secure = HttpUrl.get("https://" + authority + "/v2/");
        boolean plain = plainAllowed || Origin.isLoopback(secure.host());
        return new Server(name, secure, plain ? HttpUrl.get("http://" + authority + "/v2/") : null, tls, Map.of());
    }

    /** {@return the same with other certificates} */
    Server with(Tls other) {
        return new Server(name, secureBase, plainBase, other, headers);
    }

    /** {@return where it is, for messages and comparisons} */
    HttpUrl base() {
        return secureBase != null ? secureBase : Objects.requireNonNull(plainBase);
    }
}
