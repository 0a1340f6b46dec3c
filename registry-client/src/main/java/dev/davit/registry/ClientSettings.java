package dev.davit.registry;

import dev.davit.oci.auth.CredentialSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** What the builder of a {@link RegistryClient} collects. A client has a copy that nobody changes. */
final class ClientSettings {
    CredentialSource credentials = CredentialSource.anonymous();
    final Set<String> plainHttpHosts = new LinkedHashSet<>();
    final Set<String> unverifiedHosts = new LinkedHashSet<>();
    final List<Path> trusted = new ArrayList<>();

    @Nullable
    OkHttpClient okHttpClient;

    String userAgent = "davit";
    Duration connectTimeout = Duration.ofSeconds(10);
    Duration responseTimeout = Duration.ofMinutes(2);
    Duration idleTimeout = Duration.ofMinutes(1);
    RegistryListener listener = new RegistryListener() {};
    long pieceSize = Long.MAX_VALUE;
    RetryPolicy retries = RetryPolicy.DEFAULT;
    LongSupplier clock = System::nanoTime;

    /** {@return the same settings, for a client: the builder may go on} */
    ClientSettings copy() {
        ClientSettings copy = new ClientSettings();
        copy.credentials = credentials;
        copy.plainHttpHosts.addAll(plainHttpHosts);
        copy.unverifiedHosts.addAll(unverifiedHosts);
        copy.trusted.addAll(trusted);
        copy.okHttpClient = okHttpClient;
        copy.userAgent = userAgent;
        copy.connectTimeout = connectTimeout;
        copy.responseTimeout = responseTimeout;
        copy.idleTimeout = idleTimeout;
        copy.listener = listener;
        copy.pieceSize = pieceSize;
        copy.retries = retries;
        copy.clock = clock;
        return copy;
    }
}
