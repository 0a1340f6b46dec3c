package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
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
    private final @Nullable String createdBy;
    private final @Nullable String comment;
    private final boolean emptyLayer;
    private final JsonMembers members;

    private History(JsonMembers members, Fields fields) {
        this.created = fields.created;
        this.createdBy = fields.createdBy;
        this.comment = fields.comment;
        this.emptyLayer = fields.emptyLayer;
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
        Fields fields = new Fields();
        fields.created = created;
        fields.createdBy = createdBy;
        JsonMembers.Builder members = JsonMembers.builder(ORDER);
        members.put("created", created == null ? null : created.toString());
        members.put("created_by", createdBy);
        return new History(members.build(), fields);
    }

    static History read(JsonReader in) {
        Fields fields = new Fields();
        JsonMembers members = in.object(ORDER, name -> {
            switch (name) {
                case "created" -> fields.created = in.string(ImageConfig::parseTime);
                case "created_by" -> fields.createdBy = in.optionalString();
                case "comment" -> fields.comment = in.optionalString();
                case "empty_layer" -> fields.emptyLayer = in.bool();
                default -> in.skip();
            }
        });
        return new History(members, fields);
    }

    JsonMembers members() {
        return members;
    }

    /** {@return when the step was taken} */
    public Optional<Instant> created() {
        return Optional.ofNullable(created);
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

    @Override
    public boolean equals(Object other) {
        return other instanceof History h
                && Objects.equals(h.created, created)
                && Objects.equals(h.createdBy, createdBy)
                && Objects.equals(h.comment, comment)
                && h.emptyLayer == emptyLayer;
    }

    @Override
    public int hashCode() {
        return Objects.hash(created, createdBy, comment, emptyLayer);
    }

    private static final class Fields {
        @Nullable
        Instant created;

        @Nullable
        String createdBy;

        @Nullable
        String comment;

        boolean emptyLayer;
    }
}
