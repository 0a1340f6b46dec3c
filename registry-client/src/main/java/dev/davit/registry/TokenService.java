package dev.davit.registry;

import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Fetches bearer tokens from the token server that a registry names. Anonymous tokens too: there are registries that
 * give nothing without one.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">the token protocol</a>
 */
final class TokenService {
    private static final int MAX_ANSWER = 256 * 1024;

    private final Transport transport;
    private final Set<String> plainHttpHosts;

    TokenService(Transport transport, Set<String> plainHttpHosts) {
        this.transport = transport;
        this.plainHttpHosts = Set.copyOf(plainHttpHosts);
    }

    /**
     * Fetches a token. Redirects are not followed: nobody but the named server gets the credentials.
     *
     * @param refusal the answer of the registry that demands it
     * @param challenge the demand
     * @param credentials our credentials at the registry
     * @param registryReach reach of the registry
     * @throws UnauthorizedException if the server gives none, or is not one to ask
     */
    Token fetch(Reply refusal, Challenge challenge, Optional<Credentials> credentials, Reach registryReach) {
        RegistryRequest asked = refusal.request();
        String subject = asked.subject();
        HttpUrl realm = realm(refusal, param(challenge, "realm"));
        boolean sameOrigin = Origin.of(realm).equals(Origin.of(refusal.url()));
        HttpUrl.Builder url = realm.newBuilder();
        String service = param(challenge, "service");
        if (service != null) {
            url.addQueryParameter("service", service);
        }
        // some registries read only the first scope, so what was just demanded comes first
        Scope demanded =
                Scope.parse(Optional.ofNullable(param(challenge, "scope")).orElse(""));
        for (String scope : demanded.and(asked.scope()).entries()) {
            url.addQueryParameter("scope", scope);
        }
        credentials.ifPresent(known -> url.addQueryParameter("account", known.username()));
        RegistryRequest request = RegistryRequest.at("GET", url.build(), asked.scope(), asked.side(), subject);
        String authorization = credentials.map(Access::basic).orElse(null);
        Reach reach = sameOrigin ? registryReach.home() : registryReach.elsewhere();
        try (Reply reply = transport.exchange(url.build(), request, authorization, reach)) {
            if (reply.status() == 200) {
                return Token.parse(subject, reply.read(MAX_ANSWER));
            }
            String who = credentials
                    .map(known -> "the credentials of " + Text.quote(known.username()))
                    .orElse("anonymous access");
            throw new UnauthorizedException(
                    subject + ": the token server " + Origin.authority(realm) + " refused " + who + " with status "
                            + reply.status(),
                    Failures.answer(reply));
        } catch (IOException e) {
            throw Failures.io(request, realm, e);
        }
    }

    /** The registry decides who gets our credentials, so it must not name just anybody. */
    private HttpUrl realm(Reply refusal, @Nullable String text) {
        String subject = refusal.request().subject();
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
        return realm;
    }

    private static @Nullable String param(Challenge challenge, String name) {
        return challenge.authParams().get(name);
    }
}
