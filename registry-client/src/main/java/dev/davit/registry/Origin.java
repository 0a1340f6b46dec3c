package dev.davit.registry;

import okhttp3.HttpUrl;

/**
 * What a credential belongs to: scheme, host and port. Another port or scheme is another origin.
 *
 * @param scheme {@code https} or {@code http}
 * @param host name or address, in canonical form
 * @param port the port, also where the URL leaves it out
 */
record Origin(String scheme, String host, int port) {
    static Origin of(HttpUrl url) {
        return new Origin(url.scheme(), url.host(), url.port());
    }

    /** {@return host and port as one reads them, without the port that the scheme implies} */
    static String authority(HttpUrl url) {
        String host = url.host().indexOf(':') >= 0 ? '[' + url.host() + ']' : url.host();
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ':' + url.port();
    }

    /** {@return whether a name means this machine without asking anybody} */
    static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
    }
}
