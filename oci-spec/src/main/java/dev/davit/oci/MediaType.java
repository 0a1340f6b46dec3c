package dev.davit.oci;

import dev.davit.oci.internal.Text;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The media type of a descriptor or document. Types that Davit does not know are carried as they are.
 *
 * @param value {@code type/subtype} in the grammar of RFC 6838, section 4.2
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md">image-spec, media-types.md</a>
 */
public record MediaType(String value) {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}";
    private static final Pattern GRAMMAR = Pattern.compile(NAME + "/" + NAME);

    /** An image manifest. */
    public static final MediaType OCI_MANIFEST = new MediaType("application/vnd.oci.image.manifest.v1+json");
    /** An image index. */
    public static final MediaType OCI_INDEX = new MediaType("application/vnd.oci.image.index.v1+json");
    /** An image configuration. */
    public static final MediaType OCI_CONFIG = new MediaType("application/vnd.oci.image.config.v1+json");
    /** A layer: a tar archive. */
    public static final MediaType OCI_LAYER = new MediaType("application/vnd.oci.image.layer.v1.tar");
    /** A layer: a tar archive compressed with gzip. */
    public static final MediaType OCI_LAYER_GZIP = new MediaType("application/vnd.oci.image.layer.v1.tar+gzip");
    /** A layer: a tar archive compressed with Zstandard. */
    public static final MediaType OCI_LAYER_ZSTD = new MediaType("application/vnd.oci.image.layer.v1.tar+zstd");
    /** The two bytes {@code {}}: the configuration of an artifact that needs none. */
    public static final MediaType OCI_EMPTY = new MediaType("application/vnd.oci.empty.v1+json");
    /** Docker's image manifest, version 2, schema 2. */
    public static final MediaType DOCKER_MANIFEST =
            new MediaType("application/vnd.docker.distribution.manifest.v2+json");
    /** Docker's manifest list. */
    public static final MediaType DOCKER_MANIFEST_LIST =
            new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");
    /** Docker's container configuration. */
    public static final MediaType DOCKER_CONFIG = new MediaType("application/vnd.docker.container.image.v1+json");
    /** Docker's layer: a tar archive compressed with gzip. */
    public static final MediaType DOCKER_LAYER_GZIP =
            new MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip");
    /** Any bytes. */
    public static final MediaType OCTET_STREAM = new MediaType("application/octet-stream");

    /**
     * Checks the grammar.
     *
     * @throws MalformedContentException if the value is no media type
     */
    public MediaType {
        if (!GRAMMAR.matcher(value).matches()) {
            throw new MalformedContentException("media type: expected type/subtype, got " + Text.quote(value));
        }
    }

    /**
     * Reads a {@code Content-Type} header, whose parameters (such as {@code charset}) say nothing about the content.
     *
     * @param header the value of the header
     * @return the media type without parameters, in lower case
     * @throws MalformedContentException if the value is no media type
     */
    public static MediaType ofContentType(String header) {
        int semicolon = header.indexOf(';');
        String type = semicolon < 0 ? header : header.substring(0, semicolon);
        return new MediaType(type.strip().toLowerCase(Locale.ROOT));
    }

    /** {@return whether this is an image manifest, of OCI or of Docker} */
    public boolean isManifest() {
        return equals(OCI_MANIFEST) || equals(DOCKER_MANIFEST);
    }

    /** {@return whether this is an image index or Docker's manifest list} */
    public boolean isIndex() {
        return equals(OCI_INDEX) || equals(DOCKER_MANIFEST_LIST);
    }

    /** {@return whether this is a document that refers to other content: a manifest or an index} */
    public boolean isDocument() {
        return isManifest() || isIndex();
    }

    /** {@return whether this is an image configuration, of OCI or of Docker} */
    public boolean isConfig() {
        return equals(OCI_CONFIG) || equals(DOCKER_CONFIG);
    }

    /** {@return whether this is a filesystem layer, in any compression, distributable or not} */
    public boolean isLayer() {
        return value.startsWith("application/vnd.oci.image.layer.")
                || value.startsWith("application/vnd.docker.image.rootfs.");
    }

    /** {@return the media type as text} */
    @Override
    public String toString() {
        return value;
    }
}
