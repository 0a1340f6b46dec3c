package dev.davit.oci;

/**
 * Bytes are not the ones that were asked for: another digest, or another length. The bytes were not delivered whole
 * and nothing was committed.
 */
public class IntegrityException extends DavitException {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String actual;

    /**
     * Creates the exception. Its message is the subject followed by both values.
     *
     * @param what what was read and from where
     * @param expected the digest or size that was promised
     * @param actual the digest or size that was found
     */
    public IntegrityException(String what, String expected, String actual) {
        super(what + ": expected " + expected + ", got " + actual, null);
        this.expected = expected;
        this.actual = actual;
    }

    /** {@return what was promised: a digest, or a size in bytes} */
    public String expected() {
        return expected;
    }

    /** {@return what was found: a digest, or a size in bytes} */
    public String actual() {
        return actual;
    }
}
