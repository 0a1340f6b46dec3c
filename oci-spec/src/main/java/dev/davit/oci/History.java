package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One step in the making of an image. Two are equal if all properties that have a getter here are. Immutable and safe to
 * share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties">image-spec, config.md,
 *     property "history"</a>
 */
public final class History {
    private static final List<String> ORDER = List.of("created", "author", "created_by", "comment", "empty_layer");

    private final @Nullable Instant created;
    private final @Nullable String author;
    private final @Nullable String createdBy;
    private final @Nullable String comment;
    private final boolean emptyLayer;
    private final JsonMembers members;

    private History(Builder b, JsonMembers members) {
        this.created = b.created;
        this.author = b.author;
        this.createdBy = b.createdBy;
        this.comment = b.comment;
        this.emptyLayer = b.emptyLayer;
        this.members = members;
    }

    /**
     * A step that made a layer.
     *
     * @param created when, or null
     * @param createdBy what made it
     * @return the step
     */
    public static History of(@Nullable Instant created, String createdBy) {
        return builder().created(created).createdBy(createdBy).build();
    }

    /** {@return a builder of a step that made a layer} */
    public static Builder builder() {
        return new Builder(JsonMembers.builder(ORDER));
    }

    static History read(JsonReader in) {
        Builder b = builder();
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "created" -> b.created = in.string(Rfc3339::parse);
                case "author" -> b.author = in.optionalString();
                case "created_by" -> b.createdBy = in.optionalString();
                case "comment" -> b.comment = in.optionalString();
                case "empty_layer" -> b.emptyLayer = in.bool();
                default -> in.skip();
            }
        });
        return new History(b, members);
    }

    JsonMembers members() {
        return members;
    }

    /** {@return when the step was taken} */
    public Optional<Instant> created() {
        return Optional.ofNullable(created);
    }

    /** {@return who took the step} */
    public Optional<String> author() {
        return Optional.ofNullable(author);
    }

    /** {@return the command of the step} */
    public Optional<String> createdBy() {
        return Optional.ofNullable(createdBy);
    }

    /** {@return a remark on the step} */
    public Optional<String> comment() {
        return Optional.ofNullable(comment);
    }

    /** {@return whether the step made no layer} */
    public boolean emptyLayer() {
        return emptyLayer;
    }

    /** {@return a builder that starts with everything this step carries, known or not} */
    public Builder toBuilder() {
        Builder b = new Builder(members.toBuilder());
        b.created = created;
        b.author = author;
        b.createdBy = createdBy;
        b.comment = comment;
        b.emptyLayer = emptyLayer;
        return b;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof History h
                && Objects.equals(h.created, created)
                && Objects.equals(h.author, author)
                && Objects.equals(h.createdBy, createdBy)
                && Objects.equals(h.comment, comment)
                && h.emptyLayer == emptyLayer;
    }

    @Override
    public int hashCode() {
        return Objects.hash(created, author, createdBy, comment, emptyLayer);
    }

    /** Builds or edits a step. For one thread. */
    public static final class Builder {
        private @Nullable Instant created;
        private @Nullable String author;
        private @Nullable String createdBy;
        private @Nullable String comment;
        private boolean emptyLayer;
        private final JsonMembers.Builder members;

        private Builder(JsonMembers.Builder members) {
            this.members = members;
        }

        /**
         * Sets when the step was taken, or takes it away if it is null.
         *
         * @throws IllegalArgumentException if the year has more than four digits
         */
        public Builder created(@Nullable Instant value) {
            this.created = value;
            members.put("created", Rfc3339.format(value));
            return this;
        }

        /** Sets who took the step, or takes it away if it is null or empty. */
        public Builder author(@Nullable String value) {
            this.author = Text.nonEmpty(value);
            members.put("author", author);
            return this;
        }

        /** Sets the command of the step, or takes it away if it is null or empty. */
        public Builder createdBy(@Nullable String value) {
            this.createdBy = Text.nonEmpty(value);
            members.put("created_by", createdBy);
            return this;
        }

        /** Sets a remark on the step, or takes it away if it is null or empty. */
        public Builder comment(@Nullable String value) {
            this.comment = Text.nonEmpty(value);
            members.put("comment", comment);
            return this;
        }

        /** Sets whether the step made no layer. */
        public Builder emptyLayer(boolean value) {
            this.emptyLayer = value;
            members.putFlag("empty_layer", value);
            return this;
        }

        /** {@return the step; the builder may go on} */
        public History build() {
            return new History(this, members.build());
        }
    }
}
