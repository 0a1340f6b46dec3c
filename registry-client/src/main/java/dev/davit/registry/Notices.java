package dev.davit.registry;

import dev.davit.oci.internal.Text;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Passes on what one registry says beside its answers. Safe to share between threads. */
final class Notices {
    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());
    /** RFC 7234, section 5.5, as far as the distribution specification wants it: other codes mean nothing here. */
    private static final Pattern WARNING = Pattern.compile("299\\s+-\\s+\"((?:[^\"\\\\]|\\\\.)*)\".*", Pattern.DOTALL);

    private static final int MAX_TEXT = 1000;
    private static final int MAX_WARNINGS = 100;

    private final String registry;
    private final RegistryListener listener;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    Notices(String registry, RegistryListener listener) {
        this.registry = registry;
        this.listener = listener;
    }

    /** Looks at the headers of an answer. */
    void of(Reply reply) {
        for (String header : reply.headers("Warning")) {
            Matcher warning = WARNING.matcher(header.strip());
            if (warning.matches()) {
                String text = Text.plain(warning.group(1).replaceAll("\\\\(.)", "$1"), MAX_TEXT);
                if (told.size() < MAX_WARNINGS && told.add(text)) {
                    tell(to -> to.warning(registry, text));
                }
            }
        }
        RateLimit.of(reply).ifPresent(limit -> tell(to -> to.rateLimit(registry, limit)));
    }

    void throttled(Duration wait) {
        tell(to -> to.throttled(registry, wait));
    }

    private void tell(Consumer<RegistryListener> message) {
        try {
            message.accept(listener);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a listener failed", e);
        }
    }
}
