package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Fetches bearer tokens from the token server that a registry names. Anonymous tokens too: there are registries that
 * give nothing without one.
 *
 * <p>A user with a password asks by GET, an identity token is handed over by POST, as OAuth2 has it; a server that knows
 * only one of both is asked in that way. Redirects are not followed: nobody but the named server gets a secret.
 *
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">the token protocol</a>
 * @see <a href="https://distribution.github.io/distribution/spec/auth/oauth/">the same by OAuth2</a>
 */
final class TokenService {
    private static final int MAX_ANSWER = 256 * 1024;
    private static final String CLIENT = "davit";
    /** How servers say that they know no OAuth2: Google, Artifactory, Azure and others, in this order. */
    private static final Set<Integer> NO_OAUTH = Set.of(404, 401, 400, 405);
    /** How servers say that they know nothing else. */
    private static final Set<Integer> NO_GET = Set.of(404, 405);

    private final Transport transport;
    private final LongSupplier clock;

    TokenService(Transport transport, LongSupplier clock) {
        this.transport = transport;
        this.clock = clock;
    }

    /**
     * Fetches a token.
     *
     * @param demand where it is to come from
     * @param asked the request that needs it
     * @param credentials our credentials at the registry
     * @param registryReach reach of the registry
     * @throws UnauthorizedException if the server gives none
     */
    Token fetch(Demand demand, RegistryRequest asked, Optional<Credentials> credentials, Reach registryReach) {
        return new Fetch(demand, asked, credentials.orElse(null), registryReach).run();
    }

    private final class Fetch {
        private final Demand demand;
        private final RegistryRequest asked;
        private final @Nullable Credentials credentials;
        private final Reach registryReach;
        /** Some registries read only the first scope, so what was just demanded comes first. */
        private final List<String> scopes;

        Fetch(Demand demand, RegistryRequest asked, @Nullable Credentials credentials, Reach registryReach) {
            this.demand = demand;
            this.asked = asked;
            this.credentials = credentials;
            this.registryReach = registryReach;
            this.scopes = demand.scope().and(asked.scope()).entries();
        }

        Token run() {
            if (credentials == null) {
                try (Reply reply = get()) {
                    return tokenOf(reply);
                }
            }
            boolean postFirst = credentials.isIdentityToken();
            try (Reply reply = postFirst ? post(credentials) : get()) {
                if (!(postFirst ? NO_OAUTH : NO_GET).contains(reply.status())) {
                    return tokenOf(reply);
                }
                try (Reply second = postFirst ? get() : post(credentials)) {
                    // of two refusals, the one in the way of first choice says more
                    return tokenOf(second.status() == 200 ? second : reply);
                }
            }
        }

        private Reply get() {
            HttpUrl.Builder url = demand.realm().newBuilder();
            if (demand.service() != null) {
                url.addQueryParameter("service", demand.service());
            }
            scopes.forEach(scope -> url.addQueryParameter("scope", scope));
            if (credentials == null) {
                return send(RegistryRequest.at("GET", url.build(), asked.scope(), asked.side(), asked.subject()), null);
            }
            // a token has no user; this is how servers without OAuth2 take one
            Credentials pair =
                    credentials.isIdentityToken() ? new Credentials("", credentials.password()) : credentials;
            if (!pair.username().isEmpty()) {
                url.addQueryParameter("account", pair.username());
            }
            return send(
                    RegistryRequest.at("GET", url.build(), asked.scope(), asked.side(), asked.subject()),
                    Access.basic(pair));
        }

        private Reply post(Credentials known) {
            Map<String, String> form = new LinkedHashMap<>();
            if (known.isIdentityToken()) {
                form.put("grant_type", "refresh_token");
                form.put("refresh_token", known.password());
            } else {
                form.put("grant_type", "password");
                form.put("username", known.username());
                form.put("password", known.password());
            }
            form.put("client_id", CLIENT);
            form.put("service", demand.service() == null ? "" : demand.service());
            form.put("scope", String.join(" ", scopes));
            byte[] body = form.entrySet().stream()
                    .map(field -> field.getKey() + '=' + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"))
                    .getBytes(StandardCharsets.US_ASCII);
            RegistryRequest request = RegistryRequest.at(
                            "POST", demand.realm(), asked.scope(), asked.side(), asked.subject())
                    .body(
                            new ByteBlob(Descriptor.of(MediaType.OCTET_STREAM, body), body),
                            "application/x-www-form-urlencoded");
            return send(request, null);
        }

        private Reply send(RegistryRequest request, @Nullable String authorization) {
            HttpUrl url = request.url(demand.realm());
            try {
                Reach reach = demand.atHome() ? registryReach.home() : registryReach.elsewhere();
                return transport.exchange(url, request, authorization, reach);
            } catch (IOException e) {
                throw Failures.io(request, url, e);
            }
        }

        private Token tokenOf(Reply reply) {
            if (reply.status() == 200) {
                return Token.parse(asked.subject(), reply.read(MAX_ANSWER), clock);
            }
            String who = credentials == null
                    ? "anonymous access"
                    : credentials.isIdentityToken()
                            ? "the identity token"
                            : "the credentials of " + Text.quote(credentials.username());
            RegistryException answer = Failures.answer(reply);
            // who quotes what he was sent does not get quoted
            boolean tells = credentials != null
                    && !credentials.password().isEmpty()
                    && String.valueOf(answer.getMessage()).contains(credentials.password());
            String message = asked.subject() + ": the token server " + Origin.authority(demand.realm()) + " refused "
                    + who + " with status " + reply.status();
            if (reply.status() == 429 || reply.status() >= 500) {
                throw new RegistryException(
                        message, reply.status(), List.of(), answer.retryAfter().orElse(null));
            }
            throw new UnauthorizedException(message, tells ? null : answer);
        }
    }
}
