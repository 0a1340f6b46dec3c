package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an image runs on: operating system, architecture and, where it matters, variant.
 *
 * <p>Two platforms are equal if all their properties are. Immutable and safe to share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md">image-spec, image-index.md,
 *     property "platform"</a>
 */
public final class Platform {
    private static final int MAX_LENGTH = 1024;
    private static final String PART = "([A-Za-z0-9_][A-Za-z0-9_.-]*)";
    private static final Pattern GRAMMAR = Pattern.compile(
            "([A-Za-z0-9_][A-Za-z0-9_-]*)(?:" + OsOptions.GRAMMAR + ")?/" + PART + "(?:/" + PART + ")?");
    private static final List<String> ORDER = List.of("architecture", "os", "os.version", "os.features", "variant");

    /** Linux on x86-64. */
    public static final Platform LINUX_AMD64 = of("linux", "amd64");
    /** Linux on 64-bit ARM. */
    public static final Platform LINUX_ARM64 = of("linux", "arm64");

    private final String os;
    private final String architecture;
    private final @Nullable String variant;
    private final @Nullable String osVersion;
    private final List<String> osFeatures;
    private final @Nullable JsonMembers parsed;

    private Platform(Members fields, @Nullable JsonMembers parsed) {
        this.os = fields.os;
        this.architecture = fields.architecture;
        this.variant = fields.variant;
        this.osVersion = fields.osVersion;
        this.osFeatures = fields.osFeatures;
        this.parsed = parsed;
    }

    /**
     * A platform without variant.
     *
     * @param os operating system, a value of Go's {@code GOOS}: {@code linux}
     * @param architecture CPU architecture, a value of Go's {@code GOARCH}: {@code amd64}
     * @return the platform
     */
    public static Platform of(String os, String architecture) {
        return of(os, architecture, null);
    }

    /**
     * A platform with a variant, all as they are: nothing is normalised.
     *
     * @param os operating system, a value of Go's {@code GOOS}
     * @param architecture CPU architecture, a value of Go's {@code GOARCH}
     * @param variant variant of the CPU, such as {@code v7}; null or empty if there is none
     * @return the platform
     */
    public static Platform of(String os, String architecture, @Nullable String variant) {
        Members fields = new Members();
        fields.os = os;
        fields.architecture = architecture;
        fields.variant = "".equals(variant) ? null : variant;
        return fields.toPlatform();
    }

    /**
     * Parses {@code os/architecture} or {@code os/architecture/variant}, and {@linkplain #normalized normalises} it: the
     * common spellings of other tools are understood. The version and the features that an operating system needs may
     * follow it in parentheses, as in {@code windows(10.0.20348+win32k)/amd64}, with {@code %XX} for odd characters.
     *
     * @param text the platform as text
     * @return the platform
     * @throws IllegalArgumentException if the text is no platform
     */
    public static Platform parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (text.length() > MAX_LENGTH || !parts.matches()) {
            throw new IllegalArgumentException(
                    "platform: expected os[(version)]/architecture[/variant], got " + Text.quote(text));
        }
        Members fields = new Members();
        fields.set(NormalPlatform.of(parts.group(1), parts.group(4), parts.group(5)));
        fields.osVersion = Text.nonEmpty(OsOptions.decode(parts.group(2)));
        fields.osFeatures = OsOptions.decodeFeatures(parts.group(3));
        return fields.toPlatform();
    }

    /**
     * The platform this JVM runs on. Containers are Linux, so the operating system is {@code linux}; for a 32-bit ARM,
     * the version of the CPU is asked of the system.
     *
     * @return the platform
     */
    public static Platform host() {
        return HostPlatform.detect();
    }

    static Platform read(JsonReader in) {
        Members fields = new Members();
        JsonMembers parsed = in.object(ORDER, name -> {
            if (!fields.read(name, in)) {
                in.skip();
            }
        });
        SchemaVersion.require(in, parsed, "a platform", "architecture", "os");
        return new Platform(fields, parsed);
    }

    JsonMembers members() {
        if (parsed != null) {
            return parsed;
        }
        JsonMembers.Builder object = JsonMembers.builder(ORDER);
        putInto(object);
        return object.build();
    }

    /** Puts the members of a platform into an object that has others too, as an image configuration does. */
    void putInto(JsonMembers.Builder object) {
        object.put("architecture", architecture);
        object.put("os", os);
        object.put("os.version", osVersion);
        object.putStrings("os.features", osFeatures);
        object.put("variant", variant);
    }

    /** {@return the operating system; empty if the document named none} */
    public String os() {
        return os;
    }

    /** {@return the CPU architecture; empty if the document named none} */
    public String architecture() {
        return architecture;
    }

    /** {@return the variant of the CPU} */
    public Optional<String> variant() {
        return Optional.ofNullable(variant);
    }

    /** {@return the version of the operating system, which Windows images need} */
    public Optional<String> osVersion() {
        return Optional.ofNullable(osVersion);
    }

    /** {@return the features of the operating system that the image needs} */
    public List<String> osFeatures() {
        return osFeatures;
    }

    /**
     * The same platform in the one spelling that Go uses: {@code linux/aarch64/v8} is {@code linux/arm64}, {@code
     * linux/arm} is {@code linux/arm/v7}, {@code macos} is {@code darwin}. Version and features of the operating system
     * stay as they are.
     *
     * @return the platform
     */
    public Platform normalized() {
        Members fields = new Members();
        fields.set(normal());
        fields.osVersion = osVersion;
        fields.osFeatures = osFeatures;
        return fields.toPlatform();
    }

    /**
     * Tells whether an image of this platform runs on a machine of another, as containerd says it, whatever the
     * spelling: on {@code amd64} of some level run all lower ones and {@code 386}; on {@code arm} of some version, all
     * lower ones from {@code v5}; on {@code arm64}, all lower ones and {@code arm}. Without a variant, {@code amd64}
     * means {@code v1}, {@code arm64} means {@code v8} and {@code arm} means {@code v7}; of other architectures, any
     * variant will do then.
     *
     * <p>On Windows of a version, only images of that build run, or of none; from Windows Server 2022 on, those of
     * all builds since then. Features of the operating system are not looked at.
     *
     * @param wanted the platform of the machine
     * @return whether this one will do
     */
    public boolean satisfies(Platform wanted) {
        return wanted.rank(this) != NormalPlatform.NEVER;
    }

    /**
     * Orders platforms by how well their images do on a machine: first its own variant, then the lower ones from the
     * highest down, then those of the 32-bit architecture, last all that {@linkplain #satisfies do not run} there. On
     * Windows of a version, newer images come before older ones. Others are equal, so that a stable sort keeps their
     * order.
     *
     * @param wanted the platform of the machine
     * @return the order, best first; not consistent with {@code equals}
     */
    public static Comparator<Platform> bestFor(Platform wanted) {
        Comparator<Platform> byRank = Comparator.comparingInt(wanted::rank);
        return wanted.windowsVersion().isPresent()
                ? byRank.thenComparing(
                        image -> WindowsVersion.parse(image.osVersion).orElse(WindowsVersion.NONE),
                        Comparator.reverseOrder())
                : byRank;
    }

    private int rank(Platform image) {
        int rank = normal().rank(image.normal());
        return rank == NormalPlatform.NEVER
                        || windowsVersion()
                                .map(host -> host.runs(image.osVersion))
                                .orElse(true)
                ? rank
                : NormalPlatform.NEVER;
    }

    private NormalPlatform normal() {
        return NormalPlatform.of(os, architecture, variant);
    }

    private Optional<WindowsVersion> windowsVersion() {
        return os.equalsIgnoreCase("windows") ? WindowsVersion.parse(osVersion) : Optional.empty();
    }

    /**
     * {@return the platform as {@code os/architecture[/variant]}, with version and features of the operating system, if
     * it has any, as {@code windows(10.0.20348+win32k)/amd64}; escaped where a document says something odd}
     */
    @Override
    public String toString() {
        return Text.plain(os
                + OsOptions.format(osVersion, osFeatures)
                + '/'
                + architecture
                + (variant == null ? "" : '/' + variant));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Platform p
                && p.os.equals(os)
                && p.architecture.equals(architecture)
                && Objects.equals(p.variant, variant)
                && Objects.equals(p.osVersion, osVersion)
                && p.osFeatures.equals(osFeatures);
    }

    @Override
    public int hashCode() {
        return Objects.hash(os, architecture, variant);
    }

    /** Collects the members of a platform from an object that may have others too. */
    static final class Members {
        private String os = "";
        private String architecture = "";
        private @Nullable String variant;
        private @Nullable String osVersion;
        private List<String> osFeatures = List.of();

        /** {@return whether the member was one of a platform; only then its value was read} */
        boolean read(String name, JsonReader in) {
            switch (name) {
                case "architecture" -> architecture = in.string();
                case "os" -> os = in.string();
                case "variant" -> variant = in.optionalString();
                case "os.version" -> osVersion = in.optionalString();
                case "os.features" -> osFeatures = in.strings();
                default -> {
                    return false;
                }
            }
            return true;
        }

        void set(NormalPlatform normal) {
            os = normal.os();
            architecture = normal.architecture();
            variant = Text.nonEmpty(normal.variant());
        }

        Platform toPlatform() {
            return new Platform(this, null);
        }
    }
}
