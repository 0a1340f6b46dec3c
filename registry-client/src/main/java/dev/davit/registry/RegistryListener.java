package dev.davit.registry;

/**
 * Hears what registries say beside their answers. Called on the thread that sent the request, by several at once; what it
 * throws is dropped.
 */
public interface RegistryListener {
    /**
     * A registry says something to the people who use it, such as that it will be closed: a {@code Warning} header with
     * code 299. Each text is told once for each registry.
     *
     * @param registry {@code host[:port]} as in references
     * @param text what it says: one line, without control characters, from outside
     * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#warnings">distribution-spec,
     *     "Warnings"</a>
     */
    default void warning(String registry, String text) {}

    /**
     * A registry tells how much it will still answer, in {@code RateLimit} headers.
     *
     * @param registry {@code host[:port]} as in references
     * @param limit what it tells
     */
    default void rateLimit(String registry, RateLimit limit) {}

    /**
     * A registry wants to be left alone for a while; all requests of this client to it wait.
     *
     * @param registry {@code host[:port]} as in references
     * @param wait for how long
     */
    default void throttled(String registry, java.time.Duration wait) {}
}
