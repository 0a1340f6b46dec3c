package dev.davit.it.fuzz;

/** What a fuzzer tries to break. */
final class Property {
    private Property() {}

    /** Ends the fuzzing if something does not hold. */
    static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("does not hold: " + what);
        }
    }
}
