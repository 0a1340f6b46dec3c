package dev.davit.cri;

import dev.davit.cri.raw.UInt64Value;
import java.util.OptionalLong;

/** Numbers of the interface that may be absent. */
final class Amounts {
    private Amounts() {}

    /** A number without a sign; one beyond the range of a long, which nothing here can reach, is the largest long. */
    static OptionalLong optional(boolean present, UInt64Value value) {
        if (!present) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(value.getValue() < 0 ? Long.MAX_VALUE : value.getValue());
    }
}
