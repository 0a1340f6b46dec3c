package dev.davit.cri;

import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a user has said about streams.
 *
 * @param transport how they travel
 * @param tls what to trust and to show; null means what the JDK does by default
 * @param hosts where they may lead besides this machine and the host of the endpoint; in lower case
 */
record StreamSettings(StreamTransport transport, @Nullable SSLContext tls, Set<String> hosts) {
    static final StreamSettings DEFAULT = new StreamSettings(StreamTransport.AUTO, null, Set.of());
}
