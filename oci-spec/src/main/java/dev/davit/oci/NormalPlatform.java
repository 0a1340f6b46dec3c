package dev.davit.oci;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A platform in the one spelling that Go uses, and what runs on it. Names and order are those of containerd's package
 * {@code platforms}.
 *
 * @param os the operating system
 * @param architecture the CPU architecture
 * @param variant its variant; empty for the usual one, but never for {@code arm}
 */
record NormalPlatform(String os, String architecture, String variant) {
    /** The rank of what does not run. */
    static final int NEVER = Integer.MAX_VALUE;

    /** What another architecture's instructions cost: more than any variant of one's own. */
    private static final int FOREIGN = 10_000;

    /** Of 32-bit ARM, nobody distinguishes what came before. */
    private static final int OLDEST_ARM = 5;

    private static final int MINORS = 100;
    private static final Pattern VERSION = Pattern.compile("v?([1-9][0-9]?)(?:\\.([0-9]{1,2}))?");

    static NormalPlatform of(String os, String architecture, @Nullable String variant) {
        String system = os.toLowerCase(Locale.ROOT);
        String processor = architecture.toLowerCase(Locale.ROOT);
        String kind = variant == null ? "" : variant.toLowerCase(Locale.ROOT);
        if (system.equals("macos")) {
            system = "darwin";
        }
        return switch (processor) {
            case "x86_64", "x86-64", "amd64" -> new NormalPlatform(system, "amd64", kind.equals("v1") ? "" : kind);
            case "i386", "i486", "i586", "i686", "x86" -> new NormalPlatform(system, "386", "");
            case "aarch64", "arm64" ->
                new NormalPlatform(system, "arm64", kind.equals("8") || kind.equals("v8") ? "" : kind);
            case "armhf" -> new NormalPlatform(system, "arm", "v7");
            case "armel" -> new NormalPlatform(system, "arm", "v6");
            case "arm" ->
                new NormalPlatform(
                        system,
                        "arm",
                        switch (kind) {
                            case "" -> "v7";
                            case "5", "6", "7", "8" -> "v" + kind;
                            default -> kind;
                        });
            case "loongarch64" -> new NormalPlatform(system, "loong64", kind);
            default -> new NormalPlatform(system, processor, kind);
        };
    }

    /**
     * How well an image for another platform does on this one.
     *
     * @param image the platform of the image
     * @return 0 if it is made for exactly this one, more the less it is, {@link #NEVER} if it does not run
     */
    int rank(NormalPlatform image) {
        if (!image.os.equals(os)) {
            return NEVER;
        }
        if (image.architecture.equals(architecture)) {
            return image.variant.equals(variant) ? 0 : rankOfVariant(image);
        }
        return switch (architecture) {
            case "amd64" -> image.architecture.equals("386") && image.variant.isEmpty() ? FOREIGN : NEVER;
            case "arm64" -> image.architecture.equals("arm") ? rankOfArm(image) : NEVER;
            default -> NEVER;
        };
    }

    private int rankOfVariant(NormalPlatform image) {
        Version mine = version();
        Version its = image.version();
        return switch (architecture) {
            case "amd64", "arm64" -> mine.distanceDownTo(its);
            case "arm" -> its.major < OLDEST_ARM ? NEVER : mine.distanceDownTo(its);
            // nobody has said which of the variants is meant by none
            default -> variant.isEmpty() ? 1 : NEVER;
        };
    }

    /** A 64-bit ARM runs what a 32-bit ARM of the same version would. */
    private int rankOfArm(NormalPlatform image) {
        Version mine = version();
        NormalPlatform narrow = new NormalPlatform(os, "arm", mine.major == 0 ? variant : "v" + mine.major);
        int rank = narrow.rank(image);
        return rank == NEVER ? NEVER : FOREIGN + rank;
    }

    private Version version() {
        if (variant.isEmpty()) {
            return new Version(architecture.equals("arm64") ? 8 : 1, 0);
        }
        Matcher text = VERSION.matcher(variant);
        if (!text.matches()) {
            return new Version(0, 0);
        }
        return new Version(
                Integer.parseInt(text.group(1)), text.group(2) == null ? 0 : Integer.parseInt(text.group(2)));
    }

    /** The version of an instruction set; major is 0 where a variant is none. */
    private record Version(int major, int minor) {
        /** How much less the other asks for, from 1; {@link #NEVER} if it asks for more, or nobody knows. */
        int distanceDownTo(Version other) {
            if (major == 0 || other.major == 0 || other.major > major) {
                return NEVER;
            }
            if (major == 9 && other.major == 8) {
                // version 9.0 of ARM is 8.5 and more, 9.1 is 8.6 and more, and so on
                return other.minor > minor + 5 ? NEVER : 1 + minor + 1 + minor + 5 - other.minor;
            }
            int distance = MINORS * (major - other.major) + minor - other.minor;
            return distance < 0 ? NEVER : 1 + distance;
        }
    }
}
