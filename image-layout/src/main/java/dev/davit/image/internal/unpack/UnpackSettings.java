package dev.davit.image.internal.unpack;

/**
 * How an image is to be unpacked.
 *
 * @param limits what is too much
 * @param owners who owns what is made
 * @param strict whether anything that cannot be as the image says is a failure
 * @param javaOnly whether system calls are out of the question
 */
public record UnpackSettings(UnpackLimits limits, Owners owners, boolean strict, boolean javaOnly) {
    /** What most people want. */
    public static final UnpackSettings DEFAULT =
            new UnpackSettings(UnpackLimits.DEFAULT, Owners.OF_IMAGE, false, false);

    /** {@return these settings with other limits} */
    public UnpackSettings with(UnpackLimits value) {
        return new UnpackSettings(value, owners, strict, javaOnly);
    }

    /** {@return these settings with other owners} */
    public UnpackSettings with(Owners value) {
        return new UnpackSettings(limits, value, strict, javaOnly);
    }

    /** {@return these settings, strict} */
    public UnpackSettings asStrict() {
        return new UnpackSettings(limits, owners, true, javaOnly);
    }

    /** {@return these settings without system calls} */
    public UnpackSettings withoutSystemCalls() {
        return new UnpackSettings(limits, owners, strict, true);
    }
}
