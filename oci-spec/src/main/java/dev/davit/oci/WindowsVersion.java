package dev.davit.oci;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version of Windows, {@code 10.0.20348.2113}, and which images run on it.
 *
 * @param major first part
 * @param minor second part
 * @param build third part, which an image must fit
 * @param revision fourth part, 0 if there is none
 */
record WindowsVersion(int major, int minor, int build, int revision) implements Comparable<WindowsVersion> {
    static final WindowsVersion NONE = new WindowsVersion(0, 0, 0, 0);

    /** Windows Server 2022, the first whose interface to containers is kept by its successors. */
    private static final int STABLE_SINCE = 20_348;

    private static final Pattern GRAMMAR =
            Pattern.compile("([0-9]{1,5})\\.([0-9]{1,5})\\.([0-9]{1,5})(?:\\.([0-9]{1,9}))?(?:\\..*)?");

    static Optional<WindowsVersion> parse(@Nullable String text) {
        Matcher parts = GRAMMAR.matcher(text == null ? "" : text);
        return parts.matches()
                ? Optional.of(new WindowsVersion(
                        Integer.parseInt(parts.group(1)),
                        Integer.parseInt(parts.group(2)),
                        Integer.parseInt(parts.group(3)),
                        parts.group(4) == null ? 0 : Integer.parseInt(parts.group(4))))
                : Optional.empty();
    }

    /** {@return whether an image that asks for this version of Windows runs on a machine of ours; null asks for none} */
    boolean runs(@Nullable String asked) {
        if (asked == null) {
            return true;
        }
        WindowsVersion image = parse(asked).orElse(NONE);
        if (image.major != major || image.minor != minor) {
            return false;
        }
        return build < STABLE_SINCE ? image.build == build : image.build >= STABLE_SINCE && image.build <= build;
    }

    @Override
    public int compareTo(WindowsVersion other) {
        int order = Integer.compare(major, other.major);
        order = order != 0 ? order : Integer.compare(minor, other.minor);
        order = order != 0 ? order : Integer.compare(build, other.build);
        return order != 0 ? order : Integer.compare(revision, other.revision);
    }
}
