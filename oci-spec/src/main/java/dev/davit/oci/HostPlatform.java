package dev.davit.oci;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out what this machine is. */
final class HostPlatform {
    private static final Pattern ARCHITECTURE =
            Pattern.compile("^CPU architecture\\s*:\\s*(\\S+)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    private static final Pattern OLD_MODEL =
            Pattern.compile("^model name\\s*:\\s*armv6-compatible", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    private static final Pattern ARM_VERSION = Pattern.compile("([3-8])[a-z]*");

    /** The first CPU is enough, and there may be hundreds. */
    private static final int ENOUGH = 16 * 1024;

    private HostPlatform() {}

    static Platform detect() {
        return of(System.getProperty("os.arch"), HostPlatform::cpuInfo);
    }

    /**
     * The platform of a machine.
     *
     * @param architecture as Java names it
     * @param cpuInfo what Linux says in {@code /proc/cpuinfo}; empty if it does not; asked for only where it matters
     */
    static Platform of(String architecture, Supplier<String> cpuInfo) {
        boolean arm = architecture.toLowerCase(Locale.ROOT).matches("arm|aarch32|armv[0-9].*");
        return (arm ? Platform.of("linux", "arm", armVariant(cpuInfo.get())) : Platform.of("linux", architecture))
                .normalized();
    }

    /** {@return the variant, or {@code v7}, which most are, if there is nothing to be known} */
    private static String armVariant(String cpuInfo) {
        Matcher said = ARCHITECTURE.matcher(cpuInfo);
        Matcher version = ARM_VERSION.matcher(said.find() ? said.group(1).toLowerCase(Locale.ROOT) : "");
        if (!version.matches()) {
            return "v7";
        }
        // the kernel of a Raspberry Pi 1 says 7 for a version 6
        return version.group(1).equals("7") && OLD_MODEL.matcher(cpuInfo).find() ? "v6" : "v" + version.group(1);
    }

    private static String cpuInfo() {
        try (InputStream in = Files.newInputStream(Path.of("/proc/cpuinfo"))) {
            return new String(in.readNBytes(ENOUGH), ISO_8859_1);
        } catch (IOException e) {
            return ""; // no Linux, or one that hides it
        }
    }
}
