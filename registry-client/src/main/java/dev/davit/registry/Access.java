package dev.davit.registry;

import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import okhttp3.Challenge;
import org.jspecify.annotations.Nullable;

/**
 * Who we are at one registry. Nothing is sent before the registry asks for it; what it accepted once is sent unasked
 * from then on. Tokens are kept for each scope until they expire. Safe to share between threads, of which one at a time
 * talks to the token server.
 */
final class Access {
    private final String registry;
    private final CredentialSource credentials;
    private final TokenService tokenService;
    private final Map<Scope, Token> tokens = new ConcurrentHashMap<>();
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable String basic;

    Access(String registry, CredentialSource credentials, TokenService tokenService) {
        this.registry = registry;
        this.credentials = credentials;
        this.tokenService = tokenService;
    }

    /** {@return the {@code Authorization} header that a request starts with, or null} */
    @Nullable
    String header(Scope scope) {
        Token token = tokens.get(scope);
        return token != null && token.isFresh() ? token.header() : basic;
    }

    /**
     * Answers a demand for credentials.
     *
     * @param reply the demand: an answer with status 401
     * @param registryReach reach of the registry
     * @param sent the header that was sent and did not suffice, or null
     * @return the header to send instead
     * @throws UnauthorizedException if there is none
     */
    String answer(Reply reply, Reach registryReach, @Nullable String sent) {
        List<Challenge> challenges = reply.challenges();
        Optional<Challenge> bearer = of("Bearer", challenges);
        if (bearer.isPresent()) {
            return token(reply, bearer.get(), registryReach, sent).header();
        }
        if (of("Basic", challenges).isEmpty()) {
            String offered = challenges.stream()
                    .map(challenge -> Text.plain(challenge.scheme()))
                    .limit(5)
                    .collect(Collectors.joining(", "));
            throw new UnauthorizedException(reply.request().subject()
                    + ": expected a demand for basic or bearer authentication, got "
                    + (offered.isEmpty() ? "none" : offered));
        }
        Credentials known = credentials.credentialsFor(registry).orElseThrow(() -> refused(reply));
        String header = basic(known);
        if (header.equals(sent)) {
            throw refused(reply);
        }
        basic = header;
        return header;
    }

    /** {@return the exception for a request that is refused with all we have} */
    UnauthorizedException refused(Reply reply) {
        basic = null;
        tokens.remove(reply.request().scope());
        String who = credentials
                .credentialsFor(registry)
                .map(known -> "the credentials of " + Text.quote(known.username()) + " were refused by " + registry)
                .orElse(registry + " wants credentials, and none are known for it");
        return new UnauthorizedException(reply.request().subject() + ": " + who, Failures.answer(reply));
    }

    static String basic(Credentials known) {
        byte[] pair = (known.username() + ':' + known.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static Optional<Challenge> of(String scheme, List<Challenge> challenges) {
        return challenges.stream()
                .filter(challenge -> challenge.scheme().equalsIgnoreCase(scheme))
                .findFirst();
    }

    private Token token(Reply reply, Challenge challenge, Reach registryReach, @Nullable String sent) {
        Scope scope = reply.request().scope();
        try {
            fetching.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(reply.request(), e);
        }
        try {
            Token known = tokens.get(scope);
            if (known != null && known.isFresh() && !known.header().equals(sent)) {
                return known; // somebody else has fetched it meanwhile
            }
            Token fetched = tokenService.fetch(reply, challenge, credentials.credentialsFor(registry), registryReach);
            tokens.values().removeIf(old -> !old.isFresh());
            tokens.put(scope, fetched);
            return fetched;
        } finally {
            fetching.unlock();
        }
    }
}
