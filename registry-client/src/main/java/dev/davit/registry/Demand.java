package dev.davit.registry;

import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.internal.Text;
import java.util.Optional;
import java.util.Set;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where a registry wants its tokens to come from.
 *
 * @param realm the token server
 * @param service what the registry calls itself there, or null
 * @param scope what it wants us to be allowed; may be nothing
 * @param atHome whether the token server is the registry itself
 */
record Demand(HttpUrl realm, @Nullable String service, Scope scope, boolean atHome) {
    /**
     * Reads a challenge. The registry decides who gets our credentials, so it must not name just anybody.
     *
     * @param refusal the answer with the challenge
     * @param bearer the challenge
     * @param plainHttpHosts who may be asked without TLS
     * @throws UnauthorizedException if the server that it names is not one to ask
     */
    static Demand of(Reply refusal, Challenge bearer, Set<String> plainHttpHosts) {
        String subject = refusal.request().subject();
        String text = bearer.authParams().get("realm");
        HttpUrl realm = text == null ? null : refusal.url().resolve(text);
        if (realm == null) {
            throw new UnauthorizedException(subject + ": expected a token server with an HTTP URL, got "
                    + (text == null ? "none" : Text.quote(text)));
        }
        if (!realm.encodedUsername().isEmpty() || !realm.encodedPassword().isEmpty()) {
            throw new UnauthorizedException(subject + ": the URL of the token server has a user name in it");
        }
        boolean plainAllowed = !refusal.url().isHttps()
                && (Origin.isLoopback(realm.host()) || plainHttpHosts.contains(Origin.authority(realm)));
        if (!realm.isHttps() && !plainAllowed) {
            throw new UnauthorizedException(subject + ": the token server " + Origin.authority(realm)
                    + " is to be asked over plain HTTP, which is not allowed for it");
        }
        Scope scope = Scope.parse(
                Optional.ofNullable(bearer.authParams().get("scope")).orElse(""));
        boolean atHome = Origin.of(realm).equals(Origin.of(refusal.url()));
        return new Demand(realm, bearer.authParams().get("service"), scope, atHome);
    }

    /** {@return the same for whatever else is wanted from the registry} */
    Demand forAnything() {
        return new Demand(realm, service, Scope.NONE, atHome);
    }
}
