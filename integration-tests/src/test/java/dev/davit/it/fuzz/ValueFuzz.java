package dev.davit.it.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.davit.oci.Digest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.Reference;
import java.util.function.Function;

/** What must hold for any text whatever: a value is refused with the one exception there is, or reads back as itself. */
final class ValueFuzz {
    private ValueFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, UTF_8);
        readsBack(text, Reference::parse);
        readsBack(text, Digest::parse);
        readsBack(text, Platform::parse);
        readsBack(text, MediaType::new);
        readsBack(text, MediaType::ofContentType);
    }

    private static <T> void readsBack(String text, Function<String, T> parse) {
        T value;
        try {
            value = parse.apply(text);
        } catch (MalformedContentException | IllegalArgumentException e) {
            return;
        }
        if (!parse.apply(value.toString()).equals(value)) {
            throw new AssertionError("does not read back: " + value);
        }
    }
}
