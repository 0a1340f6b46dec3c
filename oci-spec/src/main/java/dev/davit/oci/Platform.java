package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.util.List;
import java.util.Locale;
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
    private static final String PART = "([A-Za-z0-9_][A-Za-z0-9_.-]*)";
    private static final Pattern GRAMMAR = Pattern.compile(PART + '/' + PART + "(?:/" + PART + ")?");
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
     * Parses {@code os/architecture} or {@code os/architecture/variant}. The common spellings of other tools are
     * understood: {@code x86_64} is {@code amd64}, {@code aarch64} is {@code arm64}, {@code armhf} is {@code arm/v7}.
     *
     * @param text the platform as text
     * @return the platform
     * @throws IllegalArgumentException if the text is no platform
     */
    public static Platform parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("platform: expected os/architecture[/variant], got " + Text.quote(text));
        }
        return Normal.of(parts.group(1), parts.group(2), parts.group(3)).toPlatform();
    }

    /** {@return the platform this JVM runs on; containers are Linux, so the operating system is {@code linux}} */
    public static Platform host() {
        return Normal.of("linux", System.getProperty("os.arch"), null).toPlatform();
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
     * Tells whether an image of this platform is what somebody asks for who wants {@code wanted}: same system, same
     * architecture and same variant, whatever their spelling. Without a variant, {@code amd64} means {@code v1}, {@code
     * arm64} means {@code v8} and {@code arm} means {@code v7}; of other architectures, any variant will do then.
     *
     * @param wanted the platform asked for
     * @return whether this one will do
     */
    public boolean satisfies(Platform wanted) {
        Normal have = Normal.of(os, architecture, variant);
        Normal want = Normal.of(wanted.os, wanted.architecture, wanted.variant);
        return have.os.equals(want.os)
                && have.architecture.equals(want.architecture)
                && (have.variant.equals(want.variant) || want.takesAnyVariant());
    }

    /** {@return the platform as {@code os/architecture[/variant]}, escaped where a document says something odd} */
    @Override
    public String toString() {
        return Text.plain(os + '/' + architecture + (variant == null ? "" : '/' + variant));
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

    /** A platform in the one spelling that Go uses, with an empty variant for the usual one. */
    private record Normal(String os, String architecture, String variant) {
        static Normal of(String os, String architecture, @Nullable String variant) {
            String system = os.toLowerCase(Locale.ROOT);
            String processor = architecture.toLowerCase(Locale.ROOT);
            String kind = variant == null ? "" : variant.toLowerCase(Locale.ROOT);
            return switch (processor) {
                case "x86_64", "x86-64", "amd64" -> new Normal(system, "amd64", kind.equals("v1") ? "" : kind);
                case "i386", "i486", "i586", "i686", "x86", "386" -> new Normal(system, "386", "");
                case "aarch64", "arm64" ->
                    new Normal(system, "arm64", kind.equals("8") || kind.equals("v8") ? "" : kind);
                case "armhf" -> new Normal(system, "arm", "v7");
                case "armel" -> new Normal(system, "arm", "v6");
                case "arm" ->
                    new Normal(system, "arm", kind.isEmpty() ? "v7" : kind.startsWith("v") ? kind : "v" + kind);
                case "loongarch64" -> new Normal(system, "loong64", kind);
                default -> new Normal(system, processor, kind);
            };
        }

        /** Only of some architectures it is known which variant is meant by none. */
        boolean takesAnyVariant() {
            return variant.isEmpty() && !architecture.equals("amd64") && !architecture.equals("arm64");
        }

        Platform toPlatform() {
            return Platform.of(os, architecture, variant);
        }
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

        Platform toPlatform() {
            return new Platform(this, null);
        }
    }
}
