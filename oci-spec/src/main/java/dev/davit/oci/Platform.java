package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
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
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
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
    private final JsonMembers members;

    private Platform(JsonMembers members, Fields fields) {
        this.os = fields.os;
        this.architecture = fields.architecture;
        this.variant = fields.variant;
        this.osVersion = fields.osVersion;
        this.osFeatures = fields.osFeatures;
        this.members = members;
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
     * A platform with a variant.
     *
     * @param os operating system, a value of Go's {@code GOOS}
     * @param architecture CPU architecture, a value of Go's {@code GOARCH}
     * @param variant variant of the CPU, such as {@code v7}, or null
     * @return the platform
     */
    public static Platform of(String os, String architecture, @Nullable String variant) {
        Fields fields = new Fields();
        fields.os = os;
        fields.architecture = architecture;
        fields.variant = variant;
        JsonMembers.Builder members = JsonMembers.builder(ORDER);
        members.put("architecture", architecture);
        members.put("os", os);
        members.put("variant", variant);
        return new Platform(members.build(), fields);
    }

    /**
     * Parses {@code os/architecture} or {@code os/architecture/variant}. The common spellings of other tools are
     * understood: {@code x86_64} is {@code amd64}, {@code aarch64} is {@code arm64}, {@code armhf} is {@code arm/v7}.
     *
     * @param text the platform as text
     * @return the platform
     * @throws IllegalArgumentException if the text is no platform
     */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException("platform: expected os/architecture[/variant], got " + Text.quote(text));
        }
        for (String part : parts) {
            if (!PART.matcher(part).matches()) {
                throw new IllegalArgumentException(
                        "platform: expected os/architecture[/variant], got " + Text.quote(text));
            }
        }
        String os = parts[0].toLowerCase(Locale.ROOT);
        return normalized(os, parts[1].toLowerCase(Locale.ROOT), parts.length == 3 ? parts[2] : null);
    }

    /** {@return the platform this JVM runs on; containers are Linux, so the operating system is {@code linux}} */
    public static Platform host() {
        return normalized("linux", System.getProperty("os.arch").toLowerCase(Locale.ROOT), null);
    }

    private static Platform normalized(String os, String architecture, @Nullable String variant) {
        return switch (architecture) {
            case "x86_64", "x86-64", "amd64" -> of(os, "amd64", "v1".equals(variant) ? null : variant);
            case "i386", "i486", "i586", "i686", "x86", "386" -> of(os, "386", null);
            case "aarch64", "arm64" ->
                of(os, "arm64", variant == null || variant.equals("8") || variant.equals("v8") ? null : variant);
            case "armhf" -> of(os, "arm", "v7");
            case "armel" -> of(os, "arm", "v6");
            case "arm" -> of(os, "arm", variant == null ? "v7" : variant.startsWith("v") ? variant : "v" + variant);
            default -> of(os, architecture, variant);
        };
    }

    /**
     * Reads a platform; for Davit's own documents.
     *
     * @param in a reader before the object
     * @return the platform, with everything it carries
     */
    static Platform read(JsonReader in) {
        Fields fields = new Fields();
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "architecture" -> fields.architecture = in.string();
                case "os" -> fields.os = in.string();
                case "variant" -> fields.variant = in.optionalString();
                case "os.version" -> fields.osVersion = in.optionalString();
                case "os.features" -> fields.osFeatures = in.strings();
                default -> in.skip();
            }
        });
        return new Platform(members, fields);
    }

    JsonMembers members() {
        return members;
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
     * Tells whether an image of this platform is what somebody asks for who wants {@code wanted}: same system and
     * architecture, and the same variant if one is wanted.
     *
     * @param wanted the platform asked for
     * @return whether this one will do
     */
    public boolean satisfies(Platform wanted) {
        Platform have = normalized(os, architecture, variant);
        Platform want = normalized(wanted.os, wanted.architecture, wanted.variant);
        return have.os.equals(want.os)
                && have.architecture.equals(want.architecture)
                && (want.variant == null || want.variant.equals(have.variant));
    }

    /** {@return the platform as {@code os/architecture[/variant]}} */
    @Override
    public String toString() {
        return os + '/' + architecture + (variant == null ? "" : '/' + variant);
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

    private static final class Fields {
        String os = "";
        String architecture = "";

        @Nullable
        String variant;

        @Nullable
        String osVersion;

        List<String> osFeatures = List.of();
    }
}
