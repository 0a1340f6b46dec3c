package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image index: the manifests of one image for several platforms, or any list of manifests. Docker's manifest list
 * is one too, and so is the {@code index.json} of an image layout.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md">image-spec, image-index.md</a>
 */
public final class Index extends Document {
    private static final String WHAT = "image index";
    private static final List<String> ORDER =
            List.of("schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations");

    private final @Nullable String artifactType;
    private final List<Descriptor> manifests;
    private final @Nullable Descriptor subject;
    private final Map<String, String> annotations;
    private final JsonMembers members;

    private Index(Builder b, JsonMembers members, byte[] bytes) {
        super(b.mediaType == null ? MediaType.OCI_INDEX : b.mediaType, bytes);
        this.artifactType = b.artifactType;
        this.manifests = List.copyOf(b.manifests);
        this.subject = b.subject;
        this.annotations = b.annotations;
        this.members = members;
    }

    /**
     * Parses an index whose media type is known only from its own text.
     *
     * @param bytes the document
     * @return the index, with everything it carries
     * @throws MalformedContentException if the bytes are no image index
     */
    public static Index parse(byte[] bytes) {
        return parse(null, bytes);
    }

    /**
     * Parses an index.
     *
     * @param mediaType the media type it was named or served with; a document that says otherwise of itself is refused
     * @param bytes the document
     * @return the index, with everything it carries
     * @throws MalformedContentException if the bytes are no image index
     */
    public static Index parse(@Nullable MediaType mediaType, byte[] bytes) {
        return parse(mediaType, bytes, MAX_SIZE);
    }

    /**
     * Parses an index that may be larger, or must be smaller, than {@link #MAX_SIZE}.
     *
     * @param mediaType the media type it was named or served with; a document that says otherwise of itself is refused
     * @param bytes the document
     * @param maxSize how long it may be, in bytes
     * @return the index, with everything it carries
     * @throws MalformedContentException if the bytes are no image index, or more
     */
    public static Index parse(@Nullable MediaType mediaType, byte[] bytes, int maxSize) {
        byte[] own = own(WHAT, bytes, maxSize);
        return JsonReader.parse(WHAT, own, in -> read(in, mediaType, own));
    }

    private static Index read(JsonReader in, @Nullable MediaType named, byte[] bytes) {
        Builder b = new Builder(JsonMembers.builder(ORDER));
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "schemaVersion" -> SchemaVersion.read(in);
                case "mediaType" -> b.mediaType = in.string(MediaType::new);
                case "artifactType" -> b.artifactType = Descriptor.artifactType(in);
                case "manifests" -> b.manifests = in.array(() -> Descriptor.read(in));
                case "subject" -> b.subject = Descriptor.read(in);
                case "annotations" -> b.annotations = in.stringMap();
                // CVE-2021-41190: a document that is both lets two readers see two images under one digest
                case "layers", "config", "fsLayers" ->
                    throw in.violation("an image index", "one with the member of a manifest");
                default -> in.skip();
            }
        });
        b.mediaType = SchemaVersion.agree(in, named, b.mediaType, MediaType.OCI_INDEX);
        if (!b.mediaType.isIndex()) {
            throw in.violation("an image index", b.mediaType.value());
        }
        SchemaVersion.require(in, members, "an image index", "schemaVersion", "manifests");
        return new Index(b, members, bytes);
    }

    /** {@return a builder of a new OCI image index without manifests} */
    public static Builder builder() {
        Builder b = new Builder(JsonMembers.builder(ORDER));
        b.members.put("schemaVersion", 2);
        return b.mediaType(MediaType.OCI_INDEX).manifests(List.of());
    }

    /** {@return the type of artifact, for an index that is no image} */
    public Optional<String> artifactType() {
        return Optional.ofNullable(artifactType);
    }

    /** {@return the descriptors of the manifests, in their order; some may be indexes themselves} */
    public List<Descriptor> manifests() {
        return manifests;
    }

    @Override
    public Optional<Descriptor> subject() {
        return Optional.ofNullable(subject);
    }

    /** {@return annotations, in their order} */
    public Map<String, String> annotations() {
        return annotations;
    }

    @Override
    public List<Descriptor> children() {
        return manifests;
    }

    /** {@return a builder that starts with everything this index carries, known or not} */
    public Builder toBuilder() {
        Builder b = new Builder(members.toBuilder());
        b.mediaType = mediaType();
        b.artifactType = artifactType;
        b.manifests = new ArrayList<>(manifests);
        b.subject = subject;
        b.annotations = annotations;
        return b;
    }

    /** Builds or edits an index. For one thread. */
    public static final class Builder {
        private @Nullable MediaType mediaType;
        private @Nullable String artifactType;
        private List<Descriptor> manifests = new ArrayList<>();
        private @Nullable Descriptor subject;
        private Map<String, String> annotations = Map.of();
        private final JsonMembers.Builder members;

        private Builder(JsonMembers.Builder members) {
            this.members = members;
        }

        /** Sets the media type: OCI's or Docker's. */
        public Builder mediaType(MediaType value) {
            if (!value.isIndex()) {
                throw new IllegalArgumentException("not the media type of an image index: " + value);
            }
            this.mediaType = value;
            members.put("mediaType", value.value());
            return this;
        }

        /**
         * Sets the type of artifact, or takes it away if it is null or empty.
         *
         * @throws MalformedContentException if it is no media type
         */
        public Builder artifactType(@Nullable String value) {
            this.artifactType = value == null || value.isEmpty() ? null : new MediaType(value).value();
            members.put("artifactType", artifactType);
            return this;
        }

        /** Sets all manifests. */
        public Builder manifests(List<Descriptor> values) {
            this.manifests = new ArrayList<>(List.copyOf(values));
            members.putObjects(
                    "manifests", manifests.stream().map(Descriptor::members).toList());
            return this;
        }

        /** Adds a manifest at the end. */
        public Builder addManifest(Descriptor manifest) {
            manifests.add(manifest);
            members.addObject("manifests", manifest.members());
            return this;
        }

        /** Sets the manifest that this index refers to, or takes it away if it is null. */
        public Builder subject(@Nullable Descriptor value) {
            this.subject = value;
            members.put("subject", value == null ? null : value.members());
            return this;
        }

        /** Sets all annotations; the order of the map does not matter. */
        public Builder annotations(Map<String, String> values) {
            this.annotations = members.putMap("annotations", annotations, values);
            return this;
        }

        /** {@return the index} */
        public Index build() {
            JsonMembers built = members.build();
            return new Index(this, built, built.toBytes());
        }
    }
}
