package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import okhttp3.Challenge;
import org.jspecify.annotations.Nullable;

/**
 * Who we are at one registry. Nothing is sent before the registry asks for it; what it accepted once is sent unasked
 * from then on. Tokens are kept for each scope and renewed before they expire. Safe to share between threads, of which
 * one at a time fetches the token for a scope.
 */
final class Access {
    private final String registry;
    private final CredentialSource source;
    private final Set<String> plainHttpHosts;
    private final TokenService tokenService;
    private final Map<String, Credentials> known = new ConcurrentHashMap<>();
    private final Map<Scope, Pass> passes = new ConcurrentHashMap<>();
    private volatile @Nullable Demand lastDemand;
    private volatile boolean wantsBasic;

    /** The token for one scope, and whose turn it is to fetch it. */
    private static final class Pass {
        private final ReentrantLock fetching = new ReentrantLock();
        private volatile @Nullable Token token;
        private volatile @Nullable Demand demand;

        boolean isFresh() {
            Token now = token;
            return now != null && now.isFresh();
        }
    }

    /**
     * Creates the access; nothing is looked up yet.
     *
     * @param registry the registry as {@code host[:port]}
     * @param source where credentials come from
     * @param plainHttpHosts which token servers may be asked without TLS
     */
    Access(String registry, CredentialSource source, Set<String> plainHttpHosts, TokenService tokenService) {
        this.registry = registry;
        this.source = source;
        this.plainHttpHosts = Set.copyOf(plainHttpHosts);
        this.tokenService = tokenService;
    }

    /**
     * What a request starts with. A token that is missing or about to expire is fetched first, if it is known where.
     *
     * @return the {@code Authorization} header, or null
     */
    @Nullable
    String header(RegistryRequest request, Reach reach) {
        Pass pass = passes.get(request.scope());
        Token token = pass == null ? null : pass.token;
        if (token != null && token.isFresh()) {
            return token.header();
        }
        Demand demand = pass != null && pass.demand != null ? pass.demand : lastDemand;
        if (demand != null) {
            try {
                return token(request, demand, reach, null).header();
            } catch (DavitException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                lastDemand = null; // the registry may have changed its mind: it is asked again
                passes.remove(request.scope());
                return null;
            }
        }
        return wantsBasic ? basic(credentials(request)).orElse(null) : null;
    }

    /**
     * Answers a demand for credentials.
     *
     * @param request the request
     * @param reply the demand: an answer with status 401, to this request or another one
     * @param reach reach of the registry
     * @param sent the header that was sent and did not suffice, or null
     * @return the header to send instead
     * @throws UnauthorizedException if there is none
     */
    String answer(RegistryRequest request, Reply reply, Reach reach, @Nullable String sent) {
        List<Challenge> challenges = reply.challenges();
        Optional<Challenge> bearer = of("Bearer", challenges);
        if (bearer.isPresent()) {
            Demand demand = Demand.of(reply, bearer.get(), plainHttpHosts);
            lastDemand = demand.forAnything();
            return token(request, demand, reach, sent).header();
        }
        if (of("Basic", challenges).isPresent()) {
            return basic(request, reply, sent);
        }
        Demand earlier = lastDemand;
        if (challenges.isEmpty() && earlier != null) {
            return token(request, earlier, reach, sent).header(); // some say where only once
        }
        String offered = challenges.stream()
                .map(challenge -> Text.plain(challenge.scheme()))
                .limit(5)
                .collect(Collectors.joining(", "));
        throw new UnauthorizedException(
                request.subject() + ": expected a demand for basic or bearer authentication, got "
                        + (offered.isEmpty() ? "none" : offered),
                Failures.answer(reply));
    }

    private String basic(RegistryRequest request, Reply reply, @Nullable String sent) {
        Optional<String> header = basic(credentials(request));
        if (header.isPresent() && header.get().equals(sent)) {
            // what a credential helper gives may be short-lived
            header = basic(asked(request)).filter(other -> !other.equals(sent));
        }
        wantsBasic = true;
        return header.orElseThrow(() -> refused(request, reply));
    }

    /** {@return the exception for a request that is refused with all we have} */
    UnauthorizedException refused(RegistryRequest request, Reply reply) {
        wantsBasic = false;
        passes.remove(request.scope());
        String who = credentials(request)
                .map(used -> (used.isIdentityToken()
                                ? "the identity token"
                                : "the credentials of " + Text.quote(used.username()))
                        + " were refused by " + registry)
                .orElse(registry + " wants credentials, and none are known for it");
        return new UnauthorizedException(request.subject() + ": " + who, Failures.answer(reply));
    }

    /** An identity token is for token servers: nobody else can do anything with it but lose it. */
    private static Optional<String> basic(Optional<Credentials> known) {
        return known.filter(pair -> !pair.isIdentityToken()).map(Access::basic);
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

    /** {@return whether it is known what the registry wants, if it wants something} */
    boolean isExplained() {
        return lastDemand != null || wantsBasic;
    }

    /** To look them up may mean to run a program, so they are kept until they are refused. */
    private Optional<Credentials> credentials(RegistryRequest request) {
        return Optional.ofNullable(known.get(request.scope().repository())).or(() -> asked(request));
    }

    private Optional<Credentials> asked(RegistryRequest request) {
        String repository = request.scope().repository();
        Optional<Credentials> found =
                repository.isEmpty() ? source.credentialsFor(registry) : source.credentialsFor(registry, repository);
        found.ifPresentOrElse(credentials -> known.put(repository, credentials), () -> known.remove(repository));
        return found;
    }

    private Token token(RegistryRequest request, Demand demand, Reach reach, @Nullable String sent) {
        passes.values().removeIf(old -> !old.isFresh() && old.demand != null && !old.fetching.isLocked());
        Pass pass = passes.computeIfAbsent(request.scope(), scope -> new Pass());
        try {
            pass.fetching.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(request, e);
        }
        try {
            Token token = pass.token;
            if (token != null && token.isFresh() && !token.header().equals(sent)) {
                return token; // somebody else has fetched it meanwhile
            }
            Token fetched = fetch(request, demand, reach);
            fetched.refreshToken()
                    .ifPresent(next -> known.computeIfPresent(
                            request.scope().repository(),
                            (repository, used) -> used.isIdentityToken() ? Credentials.identityToken(next) : used));
            pass.token = fetched;
            pass.demand = demand;
            return fetched;
        } finally {
            pass.fetching.unlock();
        }
    }

    private Token fetch(RegistryRequest request, Demand demand, Reach reach) {
        Optional<Credentials> used = credentials(request);
        try {
            return tokenService.fetch(demand, request, used, reach);
        } catch (UnauthorizedException e) {
            Optional<Credentials> now = used.isEmpty() ? used : asked(request);
            if (now.equals(used)) {
                throw e;
            }
            return tokenService.fetch(demand, request, now, reach);
        }
    }
}
