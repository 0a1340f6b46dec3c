package dev.davit.registry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one server is spoken to over TLS.
 *
 * @param trusted files with certificates that are believed besides those that the platform trusts
 * @param client who we are, or null
 * @param verified whether the certificate of the server is checked
 */
record Tls(List<Path> trusted, @Nullable ClientCertificate client, boolean verified) {
    static final Tls USUAL = new Tls(List.of(), null, true);

    Tls {
        trusted = List.copyOf(trusted);
    }

    boolean isUsual() {
        return equals(USUAL);
    }

    /** {@return this and the other: what either trusts, and what either is careless about} */
    Tls and(Tls other) {
        Set<Path> both = new LinkedHashSet<>(trusted);
        both.addAll(other.trusted);
        return new Tls(new ArrayList<>(both), other.client != null ? other.client : client, verified && other.verified);
    }

    Tls unverified() {
        return new Tls(trusted, client, false);
    }
}
