package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of an image: its platform, how to run it, and the diffIDs of its layers. Its digest is the image
 * ID. Docker's container configuration is one too.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md">image-spec, config.md</a>
 */
public final class ImageConfig extends Document {
    private static final String WHAT = "image config";
    private static final List<String> ORDER = List.of(
            "created",
            "author",
            "architecture",
            "variant",
            "os",
            "os.version",
            "os.features",
            "config",
            "rootfs",
            "history");
    private static final List<String> ROOTFS_ORDER = List.of("type", "diff_ids");

    private final @Nullable Instant created;
    private final @Nullable String author;
    private final Platform platform;
    private final ExecutionConfig execution;
    private final List<Digest> diffIds;
    private final JsonMembers rootfs;
    private final List<History> history;
    private final JsonMembers members;

    private ImageConfig(Builder b, JsonMembers members, byte[] bytes) {
        super(b.mediaType, bytes);
        this.created = b.created;
        this.author = b.author;
        this.platform = b.platform;
        this.execution = b.execution;
        this.diffIds = b.diffIds;
        this.rootfs = b.rootfs;
        this.history = List.copyOf(b.history);
        this.members = members;
    }

    /**
     * Parses a configuration of OCI's type.
     *
     * @param bytes the document
     * @return the configuration, with everything it carries
     * @throws MalformedContentException if the bytes are no image configuration
     */
    public static ImageConfig parse(byte[] bytes) {
        return parse(MediaType.OCI_CONFIG, bytes);
    }

    /**
     * Parses a configuration. Unlike manifests, configurations do not say their own type.
     *
     * @param mediaType the media type its manifest names it with
     * @param bytes the document
     * @return the configuration, with everything it carries
     * @throws MalformedContentException if the bytes are no image configuration
     */
    public static ImageConfig parse(MediaType mediaType, byte[] bytes) {
        return parse(mediaType, bytes, MAX_SIZE);
    }

    /**
     * Parses a configuration that may be larger, or must be smaller, than {@link #MAX_SIZE}.
     *
     * @param mediaType the media type its manifest names it with
     * @param bytes the document
     * @param maxSize how long it may be, in bytes
     * @return the configuration, with everything it carries
     * @throws MalformedContentException if the bytes are no image configuration, or more
     */
    public static ImageConfig parse(MediaType mediaType, byte[] bytes, int maxSize) {
        if (!mediaType.isConfig()) {
            throw new MalformedContentException(WHAT + ": expected " + MediaType.OCI_CONFIG + ", got " + mediaType);
        }
        byte[] own = own(WHAT, bytes, maxSize);
        return JsonReader.parse(WHAT, own, in -> read(in, mediaType, own));
    }

    private static ImageConfig read(JsonReader in, MediaType mediaType, byte[] bytes) {
        Builder b = new Builder(JsonMembers.builder(ORDER), mediaType);
        Platform.Members platform = new Platform.Members();
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "created" -> b.created = in.string(Rfc3339::parse);
                case "author" -> b.author = in.optionalString();
                case "config" -> b.execution = ExecutionConfig.read(in);
                case "rootfs" -> b.rootfs = readRootfs(in, b);
                case "history" -> b.history = in.array(() -> History.read(in));
                default -> {
                    if (!platform.read(name, in)) {
                        in.skip();
                    }
                }
            }
        });
        SchemaVersion.require(in, members, "an image config", "architecture", "os", "rootfs");
        b.platform = platform.toPlatform();
        return new ImageConfig(b, members, bytes);
    }

    private static JsonMembers readRootfs(JsonReader in, Builder b) {
        JsonMembers rootfs = in.object(ROOTFS_ORDER, name -> {
            switch (name) {
                case "type" -> requireLayers(in);
                case "diff_ids" -> b.diffIds = in.array(() -> in.string(Digest::parse));
                default -> in.skip();
            }
        });
        SchemaVersion.require(in, rootfs, "a rootfs", "type", "diff_ids");
        return rootfs;
    }

    /** The specification wants an error for any other type. */
    private static void requireLayers(JsonReader in) {
        String type = in.string();
        if (!type.equals("layers")) {
            throw in.violation("\"layers\"", Text.quote(type));
        }
    }

    /**
     * Starts a new configuration without layers.
     *
     * @param platform what the image runs on
     * @return a builder
     */
    public static Builder builder(Platform platform) {
        return new Builder(JsonMembers.builder(ORDER), MediaType.OCI_CONFIG)
                .platform(platform)
                .diffIds(List.of());
    }

    /** {@return when the image was made} */
    public Optional<Instant> created() {
        return Optional.ofNullable(created);
    }

    /** {@return who made the image} */
    public Optional<String> author() {
        return Optional.ofNullable(author);
    }

    /** {@return what the image runs on} */
    public Platform platform() {
        return platform;
    }

    /** {@return how to run a container of the image; never null, perhaps without any content} */
    public ExecutionConfig execution() {
        return execution;
    }

    /** {@return the digests of the uncompressed layers, lowest first} */
    public List<Digest> diffIds() {
        return diffIds;
    }

    /** {@return the steps in which the image was made, first one first} */
    public List<History> history() {
        return history;
    }

    @Override
    public List<Descriptor> children() {
        return List.of();
    }

    /** {@return a builder that starts with everything this configuration carries, known or not} */
    public Builder toBuilder() {
        Builder b = new Builder(members.toBuilder(), mediaType());
        b.created = created;
        b.author = author;
        b.platform = platform;
        b.execution = execution;
        b.diffIds = diffIds;
        b.rootfs = rootfs;
        b.history = new ArrayList<>(history);
        return b;
    }

    /** Builds or edits a configuration. For one thread. */
    public static final class Builder {
        private final MediaType mediaType;
        private final JsonMembers.Builder members;
        private @Nullable Instant created;
        private @Nullable String author;
        private Platform platform = Platform.of("", "");
        private ExecutionConfig execution = ExecutionConfig.EMPTY;
        private List<Digest> diffIds = List.of();
        private JsonMembers rootfs = JsonMembers.builder(ROOTFS_ORDER).build();
        private List<History> history = new ArrayList<>();

        private Builder(JsonMembers.Builder members, MediaType mediaType) {
            this.members = members;
            this.mediaType = mediaType;
        }

        /**
         * Sets when the image was made, or takes it away if it is null.
         *
         * @throws IllegalArgumentException if the year has more than four digits
         */
        public Builder created(@Nullable Instant value) {
            this.created = value;
            members.put("created", Rfc3339.format(value));
            return this;
        }

        /** Sets who made the image, or takes it away if it is null or empty. */
        public Builder author(@Nullable String value) {
            this.author = Text.nonEmpty(value);
            members.put("author", author);
            return this;
        }

        /** Sets what the image runs on, with the version and the features of its operating system. */
        public Builder platform(Platform value) {
            this.platform = value;
            value.putInto(members);
            return this;
        }

        /** Edits how to run a container of the image. */
        public Builder execution(Consumer<ExecutionConfig.Builder> edit) {
            ExecutionConfig.Builder builder = execution.toBuilder();
            edit.accept(builder);
            this.execution = builder.build();
            members.put("config", execution.members());
            return this;
        }

        /** Sets the digests of the uncompressed layers, lowest first. */
        public Builder diffIds(List<Digest> values) {
            this.diffIds = List.copyOf(values);
            JsonMembers.Builder edited = rootfs.toBuilder();
            edited.put("type", "layers");
            edited.putStringArray(
                    "diff_ids", diffIds.stream().map(Digest::toString).toList());
            this.rootfs = edited.build();
            members.put("rootfs", rootfs);
            return this;
        }

        /** Sets the steps in which the image was made, first one first. */
        public Builder history(List<History> values) {
            this.history = new ArrayList<>(List.copyOf(values));
            members.putObjects("history", history.stream().map(History::members).toList());
            return this;
        }

        /** Adds the step in which the topmost layer was made. */
        public Builder addHistory(History step) {
            history.add(step);
            members.addObject("history", step.members());
            return this;
        }

        /** {@return the configuration} */
        public ImageConfig build() {
            JsonMembers built = members.build();
            return new ImageConfig(this, built, built.toBytes());
        }
    }
}
