package dev.davit.cri;

import dev.davit.cri.raw.Signal;
import dev.davit.oci.internal.Text;
import java.util.Locale;

/** Signals by their names, such as {@code SIGTERM} or {@code SIGRTMIN+3}. The interface has names of its own. */
final class Signals {
    private static final String PREFIX = "SIGNAL_";

    private Signals() {}

    static Signal raw(String name) {
        String plain = name.toUpperCase(Locale.ROOT).replace("+", "PLUS").replace("-", "MINUS");
        try {
            return Signal.valueOf(PREFIX + (plain.startsWith("SIG") ? plain : "SIG" + plain));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "signal: expected a name such as SIGTERM or SIGRTMIN+3, got " + Text.quote(name), e);
        }
    }

    /** {@return the name; empty for what the runtime takes if nothing is said} */
    static String name(Signal raw) {
        if (raw == Signal.SIGNAL_RUNTIME_DEFAULT || raw == Signal.UNRECOGNIZED) {
            return "";
        }
        return raw.name().substring(PREFIX.length()).replace("PLUS", "+").replace("MINUS", "-");
    }
}
