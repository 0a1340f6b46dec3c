package dev.davit.cri.internal.stream;

import dev.davit.oci.internal.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a runtime wants a stream to be opened. Its path is a ticket, and therefore in no message.
 *
 * @param tls whether with TLS
 * @param host name or address, IPv6 without brackets
 * @param port the port
 * @param target path and query
 */
public record StreamAddress(boolean tls, String host, int port, String target) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|::1|0:0:0:0:0:0:0:1");

    /**
     * Reads the answer of a runtime.
     *
     * @throws StreamProtocolException if it is no address, or one without scheme or host
     */
    public static StreamAddress parse(String url) throws StreamProtocolException {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw unusable(url);
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if ((!tls && !scheme.equals("http")) || uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw unusable(url);
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri.getPort() < 0 ? (tls ? HTTPS : HTTP) : uri.getPort();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new StreamAddress(tls, bare, port, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    private static StreamProtocolException unusable(String url) {
        int path = url.indexOf('/', Math.max(0, url.indexOf("//") + 2));
        String place = path < 0 ? url : url.substring(0, path) + "/...";
        return new StreamProtocolException("expected an address as http://host:port/... of the runtime, got "
                + Text.quote(place) + "; its streaming server may not be configured");
    }

    /** {@return whether it is on this machine: {@code localhost}, or an address of the loopback interface} */
    public boolean isLoopback() {
        return LOOPBACK.matcher(host).matches();
    }

    /** {@return host and port, as they stand in a header} */
    public String authority() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** {@return scheme, host and port} */
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }
}
