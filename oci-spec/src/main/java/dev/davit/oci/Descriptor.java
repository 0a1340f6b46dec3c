package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names some content: what type it has, its digest, how many bytes it is. Everything that Davit moves is named by a
 * descriptor.
 *
 * <p>Two descriptors are equal if all properties that have a getter here are; compare {@link #digest} to compare
 * content. Immutable and safe to share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md">image-spec, descriptor.md</a>
 */
public final class Descriptor {
    private static final String WHAT = "descriptor";
    private static final List<String> ORDER =
            List.of("mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform");

    /** The two bytes {@code {}}: the configuration of an artifact that needs none, with its content embedded. */
    public static final Descriptor EMPTY = of(MediaType.OCI_EMPTY, new byte[] {'{', '}'}).toBuilder()
            .data(new byte[] {'{', '}'})
            .build();

    private final MediaType mediaType;
    private final Digest digest;
    private final long size;
    private final List<String> urls;
    private final Map<String, String> annotations;
    private final byte @Nullable [] data;
    private final @Nullable String artifactType;
    private final @Nullable Platform platform;
    private final JsonMembers members;

    private Descriptor(Builder b, JsonMembers members) {
        this.mediaType = Objects.requireNonNull(b.mediaType, "mediaType");
        this.digest = Objects.requireNonNull(b.digest, "digest");
        this.size = b.size;
        this.urls = b.urls;
        this.annotations = b.annotations;
        this.data = b.data;
        this.artifactType = b.artifactType;
        this.platform = b.platform;
        this.members = members;
    }

    /**
     * A descriptor with only what every descriptor has.
     *
     * @param mediaType type of the content
     * @param digest digest of the content
     * @param size length of the content in bytes
     * @return the descriptor
     * @throws IllegalArgumentException if the size is negative
     */
    public static Descriptor of(MediaType mediaType, Digest digest, long size) {
        return new Builder(mediaType, digest, size).build();
    }

    /**
     * Describes some bytes by their SHA-256.
     *
     * @param mediaType type of the content
     * @param content the bytes
     * @return the descriptor
     */
    public static Descriptor of(MediaType mediaType, byte[] content) {
        return of(mediaType, Digest.sha256(content), content.length);
    }

    /**
     * Parses a descriptor that is a document of its own.
     *
     * @param bytes the JSON object
     * @return the descriptor, with everything it carries
     * @throws MalformedContentException if the bytes are no descriptor
     */
    public static Descriptor parse(byte[] bytes) {
        return JsonReader.parse(WHAT, Document.own(WHAT, bytes, Document.MAX_SIZE), Descriptor::read);
    }

    static Descriptor read(JsonReader in) {
        Builder b = new Builder(JsonMembers.builder(ORDER));
        b.size = -1;
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "mediaType" -> b.mediaType = in.string(MediaType::new);
                case "digest" -> b.digest = in.string(Digest::parse);
                case "size" -> b.size = size(in);
                case "urls" -> b.urls = in.array(() -> in.string(Descriptor::requireUri));
                case "annotations" -> b.annotations = in.stringMap();
                case "data" -> b.data = in.string(Descriptor::decode);
                case "artifactType" -> b.artifactType = artifactType(in);
                case "platform" -> b.platform = Platform.read(in);
                default -> in.skip();
            }
        });
        if (b.mediaType == null || b.digest == null || b.size < 0) {
            String missing = b.mediaType == null ? "mediaType" : b.digest == null ? "digest" : "size";
            throw in.violation("a descriptor with " + missing, "one without");
        }
        return new Descriptor(b, members);
    }

    private static long size(JsonReader in) {
        long size = in.integer();
        if (size < 0) {
            throw in.violation("a size in bytes", Long.toString(size));
        }
        return size;
    }

    static @Nullable String artifactType(JsonReader in) {
        String type = in.optionalString();
        return type == null ? null : in.string(text -> new MediaType(text).value());
    }

    private static String requireUri(String text) {
        try {
            if (new URI(text).isAbsolute()) {
                return text;
            }
        } catch (URISyntaxException e) {
            // as good as one that is not absolute
        }
        throw new MalformedContentException("URL: expected an absolute URI, got " + Text.quote(text));
    }

    /** Java's decoder would also take Base64 without its padding. */
    private static byte[] decode(String text) {
        try {
            if (text.length() % 4 == 0) {
                return Base64.getDecoder().decode(text);
            }
        } catch (IllegalArgumentException e) {
            // as good as the wrong length
        }
        throw new MalformedContentException("data: expected Base64 with padding, got " + Text.quote(text));
    }

    /** {@return the descriptor as JSON: canonical if it was built, and with all that was parsed if it was parsed} */
    public byte[] toBytes() {
        return members.toBytes();
    }

    JsonMembers members() {
        return members;
    }

    /** {@return the type of the content} */
    public MediaType mediaType() {
        return mediaType;
    }

    /** {@return the digest of the content} */
    public Digest digest() {
        return digest;
    }

    /** {@return the length of the content in bytes} */
    public long size() {
        return size;
    }

    /** {@return places the content may be fetched from besides its repository; never used unless asked for} */
    public List<String> urls() {
        return urls;
    }

    /**
     * {@return whether this is a layer that need not be where its image is: it may not be distributed by everybody, and
     * has URLs to fetch it from (image-spec, layer.md, "Non-Distributable Layers")}
     */
    public boolean isForeignLayer() {
        return mediaType.isForeignLayer() && !urls.isEmpty();
    }

    /**
     * Reads the content from the descriptor itself, where it may be embedded.
     *
     * @return the content, as a new array
     * @throws IntegrityException if it is not what size and digest say, or the digest cannot be verified
     */
    public Optional<byte[]> data() {
        if (data == null) {
            return Optional.empty();
        }
        requireContent(digest, size, data);
        return Optional.of(data.clone());
    }

    private static void requireContent(Digest digest, long size, byte[] content) {
        String what = "data of descriptor " + digest;
        if (content.length != size) {
            throw new IntegrityException(what, size + " bytes", content.length + " bytes");
        }
        Digester digester = digest.newDigester();
        digester.update(content, 0, content.length);
        if (!digester.digest().equals(digest)) {
            throw new IntegrityException(
                    what, digest.toString(), digester.digest().toString());
        }
    }

    /** {@return annotations, in their order} */
    public Map<String, String> annotations() {
        return annotations;
    }

    /**
     * Looks up one annotation.
     *
     * @param key its key, see {@link Annotations}
     * @return its value
     */
    public Optional<String> annotation(String key) {
        return Optional.ofNullable(annotations.get(key));
    }

    /** {@return the type of the artifact, if the descriptor refers to one} */
    public Optional<String> artifactType() {
        return Optional.ofNullable(artifactType);
    }

    /** {@return the platform that the content is for, if the descriptor says} */
    public Optional<Platform> platform() {
        return Optional.ofNullable(platform);
    }

    /** {@return a builder that starts with all members of this descriptor, known or not} */
    public Builder toBuilder() {
        Builder b = new Builder(members.toBuilder());
        b.mediaType = mediaType;
        b.digest = digest;
        b.size = size;
        b.urls = urls;
        b.annotations = annotations;
        b.data = data;
        b.artifactType = artifactType;
        b.platform = platform;
        return b;
    }

    /** {@return type, digest and size in one line} */
    @Override
    public String toString() {
        return mediaType + " " + digest + " (" + size + " bytes)";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Descriptor d
                && d.digest.equals(digest)
                && d.size == size
                && d.mediaType.equals(mediaType)
                && d.urls.equals(urls)
                && d.annotations.equals(annotations)
                && Arrays.equals(d.data, data)
                && Objects.equals(d.artifactType, artifactType)
                && Objects.equals(d.platform, platform);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    /** Edits a descriptor. For one thread. */
    public static final class Builder {
        private @Nullable MediaType mediaType;
        private @Nullable Digest digest;
        private long size;
        private List<String> urls = List.of();
        private Map<String, String> annotations = Map.of();
        private byte @Nullable [] data;
        private @Nullable String artifactType;
        private @Nullable Platform platform;
        private final JsonMembers.Builder members;

        private Builder(JsonMembers.Builder members) {
            this.members = members;
        }

        private Builder(MediaType mediaType, Digest digest, long size) {
            this(JsonMembers.builder(ORDER));
            if (size < 0) {
                throw new IllegalArgumentException("size of " + digest + " is negative: " + size);
            }
            mediaType(mediaType);
            this.digest = digest;
            members.put("digest", digest.toString());
            this.size = size;
            members.put("size", size);
        }

        /** Sets the type of the content. */
        public Builder mediaType(MediaType value) {
            this.mediaType = value;
            members.put("mediaType", value.value());
            return this;
        }

        /**
         * Sets the places the content may be fetched from besides its repository.
         *
         * @throws MalformedContentException if one is no absolute URI
         */
        public Builder urls(List<String> values) {
            this.urls = values.stream().map(Descriptor::requireUri).toList();
            members.putStrings("urls", urls);
            return this;
        }

        /**
         * Embeds the content, or takes it out if it is null. Meant for a few hundred bytes.
         *
         * @throws IntegrityException if it is not what size and digest say, or the digest cannot be verified
         */
        public Builder data(byte @Nullable [] content) {
            if (content != null) {
                requireContent(Objects.requireNonNull(digest), size, content);
            }
            this.data = content == null ? null : content.clone();
            members.put("data", content == null ? null : Base64.getEncoder().encodeToString(content));
            return this;
        }

        /** Sets all annotations; the order of the map does not matter. */
        public Builder annotations(Map<String, String> values) {
            this.annotations = members.putMap("annotations", annotations, values);
            return this;
        }

        /** Sets one annotation, or takes it away if the value is null. */
        public Builder annotation(String key, @Nullable String value) {
            Map<String, String> changed = new LinkedHashMap<>(annotations);
            if (value == null) {
                changed.remove(key);
            } else {
                changed.put(key, value);
            }
            return annotations(changed);
        }

        /** Sets the platform, or takes it away if it is null. */
        public Builder platform(@Nullable Platform value) {
            this.platform = value;
            members.put("platform", value == null ? null : value.members());
            return this;
        }

        /**
         * Sets the type of the artifact, or takes it away if it is null or empty.
         *
         * @throws MalformedContentException if it is no media type
         */
        public Builder artifactType(@Nullable String value) {
            this.artifactType = value == null || value.isEmpty() ? null : new MediaType(value).value();
            members.put("artifactType", artifactType);
            return this;
        }

        /** {@return the descriptor} */
        public Descriptor build() {
            return new Descriptor(this, members.build());
        }
    }
}
