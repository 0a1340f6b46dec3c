package dev.davit.registry;

import dev.davit.oci.auth.CredentialSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** What the builder of a {@link RegistryClient} collects. A client has a copy that nobody changes. */
final class ClientSettings {
    static final CredentialSource ANONYMOUS = CredentialSource.anonymous();

    CredentialSource credentials = ANONYMOUS;
    final Set<String> plainHttpHosts = new LinkedHashSet<>();
    final Set<String> unverifiedHosts = new LinkedHashSet<>();
    final List<Path> trusted = new ArrayList<>();

    final Map<String, Tls> tls = new HashMap<>();
    final List<Path> registriesConf = new ArrayList<>();
    final List<Path> hostsFolders = new ArrayList<>();
    final List<Path> certificateFolders = new ArrayList<>();

    @Nullable
    Proxies proxies;

    @Nullable
    OkHttpClient okHttpClient;

    String userAgent = "davit";
    Duration connectTimeout = Duration.ofSeconds(10);
    Duration responseTimeout = Duration.ofMinutes(2);
    Duration idleTimeout = Duration.ofMinutes(1);
    RegistryListener listener = new RegistryListener() {};
    long pieceSize = Long.MAX_VALUE;
    int connections = 1;
    RetryPolicy retries = RetryPolicy.DEFAULT;
    LongSupplier clock = System::nanoTime;

    /** {@return whether the certificate of a registry is not checked} */
    boolean isUnverified(String registry) {
        HttpUrl url = HttpUrl.get("https://" + registry + "/");
        return unverifiedHosts.contains(url.host() + ':' + url.port());
    }

    /** {@return the same settings, for a client: the builder may go on} */
    ClientSettings copy() {
        ClientSettings copy = new ClientSettings();
        copy.credentials = credentials;
        copy.plainHttpHosts.addAll(plainHttpHosts);
        copy.unverifiedHosts.addAll(unverifiedHosts);
        copy.trusted.addAll(trusted);
        copy.tls.putAll(tls);
        copy.registriesConf.addAll(registriesConf);
        copy.hostsFolders.addAll(hostsFolders);
        copy.certificateFolders.addAll(certificateFolders);
        copy.proxies = proxies;
        copy.okHttpClient = okHttpClient;
        copy.userAgent = userAgent;
        copy.connectTimeout = connectTimeout;
        copy.responseTimeout = responseTimeout;
        copy.idleTimeout = idleTimeout;
        copy.listener = listener;
        copy.pieceSize = pieceSize;
        copy.connections = connections;
        copy.retries = retries;
        copy.clock = clock;
        return copy;
    }
}
