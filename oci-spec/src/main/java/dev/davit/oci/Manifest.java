package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image manifest: one configuration and the layers that belong to it. Docker's schema 2 manifest is one too.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md">image-spec, manifest.md</a>
 */
public final class Manifest extends Document {
    private static final String WHAT = "image manifest";
    private static final List<String> ORDER =
            List.of("schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations");

    private final @Nullable String artifactType;
    private final Descriptor config;
    private final List<Descriptor> layers;
    private final @Nullable Descriptor subject;
    private final Map<String, String> annotations;
    private final JsonMembers members;

    private Manifest(Builder b, JsonMembers members, byte[] bytes) {
        super(b.mediaType == null ? MediaType.OCI_MANIFEST : b.mediaType, bytes);
        this.artifactType = b.artifactType;
        this.config = Objects.requireNonNull(b.config, "config");
        this.layers = List.copyOf(b.layers);
        this.subject = b.subject;
        this.annotations = b.annotations;
        this.members = members;
    }

    /**
     * Parses a manifest whose media type is known only from its own text.
     *
     * @param bytes the document
     * @return the manifest, with everything it carries
     * @throws MalformedContentException if the bytes are no image manifest
     */
    public static Manifest parse(byte[] bytes) {
        return parse(null, bytes);
    }

    /**
     * Parses a manifest.
     *
     * @param mediaType the media type it was named or served with; a document that says otherwise of itself is refused
     * @param bytes the document
     * @return the manifest, with everything it carries
     * @throws MalformedContentException if the bytes are no image manifest
     */
    public static Manifest parse(@Nullable MediaType mediaType, byte[] bytes) {
        return parse(mediaType, bytes, MAX_SIZE);
    }

    /**
     * Parses a manifest that may be larger, or must be smaller, than {@link #MAX_SIZE}.
     *
     * @param mediaType the media type it was named or served with; a document that says otherwise of itself is refused
     * @param bytes the document
     * @param maxSize how long it may be, in bytes
     * @return the manifest, with everything it carries
     * @throws MalformedContentException if the bytes are no image manifest, or more
     */
    public static Manifest parse(@Nullable MediaType mediaType, byte[] bytes, int maxSize) {
        byte[] own = own(WHAT, bytes, maxSize);
        return JsonReader.parse(WHAT, own, in -> read(in, mediaType, own));
    }

    private static Manifest read(JsonReader in, @Nullable MediaType named, byte[] bytes) {
        Builder b = new Builder(JsonMembers.builder(ORDER));
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "schemaVersion" -> SchemaVersion.read(in);
                case "mediaType" -> b.mediaType = in.string(MediaType::new);
                case "artifactType" -> b.artifactType = Descriptor.artifactType(in);
                case "config" -> b.config = Descriptor.read(in);
                case "layers" -> b.layers = in.array(() -> Descriptor.read(in));
                case "subject" -> b.subject = Descriptor.read(in);
                case "annotations" -> b.annotations = in.stringMap();
                // CVE-2021-41190: a document that is both lets two readers see two images under one digest
                case "manifests" -> throw in.violation("an image manifest", "one with the member of an index");
                case "fsLayers" -> throw in.violation("an image manifest", "one with the member of schema 1");
                default -> in.skip();
            }
        });
        b.mediaType = SchemaVersion.agree(in, named, b.mediaType, MediaType.OCI_MANIFEST);
        if (!b.mediaType.isManifest()) {
            throw in.violation("an image manifest", b.mediaType.value());
        }
        SchemaVersion.require(in, members, "an image manifest", "schemaVersion", "config", "layers");
        if (b.config == null) {
            throw in.violation("an image manifest with a config", "one without");
        }
        return new Manifest(b, members, bytes);
    }

    /**
     * Starts a new OCI image manifest.
     *
     * @param config descriptor of the configuration
     * @return a builder
     */
    public static Builder builder(Descriptor config) {
        Builder b = new Builder(JsonMembers.builder(ORDER));
        b.members.put("schemaVersion", 2);
        return b.mediaType(MediaType.OCI_MANIFEST).config(config).layers(List.of());
    }

    /** {@return the type of artifact, for a manifest that is no image} */
    public Optional<String> artifactType() {
        return Optional.ofNullable(artifactType);
    }

    /** {@return the descriptor of the configuration} */
    public Descriptor config() {
        return config;
    }

    /** {@return the descriptors of the layers, lowest first} */
    public List<Descriptor> layers() {
        return layers;
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
        List<Descriptor> all = new ArrayList<>();
        all.add(config);
        all.addAll(layers);
        return List.copyOf(all);
    }

    /** {@return a builder that starts with everything this manifest carries, known or not} */
    public Builder toBuilder() {
        Builder b = new Builder(members.toBuilder());
        b.mediaType = mediaType();
        b.artifactType = artifactType;
        b.config = config;
        b.layers = new ArrayList<>(layers);
        b.subject = subject;
        b.annotations = annotations;
        return b;
    }

    /** Builds or edits a manifest. For one thread. */
    public static final class Builder {
        private @Nullable MediaType mediaType;
        private @Nullable String artifactType;
        private @Nullable Descriptor config;
        private List<Descriptor> layers = new ArrayList<>();
        private @Nullable Descriptor subject;
        private Map<String, String> annotations = Map.of();
        private final JsonMembers.Builder members;

        private Builder(JsonMembers.Builder members) {
            this.members = members;
        }

        /** Sets the media type: OCI's or Docker's. */
        public Builder mediaType(MediaType value) {
            if (!value.isManifest()) {
                throw new IllegalArgumentException("not the media type of an image manifest: " + value);
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

        /** Sets the configuration. */
        public Builder config(Descriptor value) {
            this.config = value;
            members.put("config", value.members());
            return this;
        }

        /** Sets all layers, lowest first. */
        public Builder layers(List<Descriptor> values) {
            this.layers = new ArrayList<>(List.copyOf(values));
            members.putObjects(
                    "layers", layers.stream().map(Descriptor::members).toList());
            return this;
        }

        /** Adds a layer on top. */
        public Builder addLayer(Descriptor layer) {
            layers.add(layer);
            members.addObject("layers", layer.members());
            return this;
        }

        /** Sets the manifest that this one refers to, or takes it away if it is null. */
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

        /** {@return the manifest; the builder may go on} */
        public Manifest build() {
            JsonMembers built = members.build();
            return new Manifest(this, built, built.toBytes());
        }
    }
}
