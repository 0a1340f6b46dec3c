package dev.davit.oci;

import dev.davit.oci.internal.Text;
import java.util.Locale;
import java.util.Optional;

/**
 * The media type of a descriptor or document. Types that Davit does not know are carried as they are.
 *
 * @param value {@code type/subtype} in the grammar of RFC 6838, section 4.2
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md">image-spec, media-types.md</a>
 */
public record MediaType(String value) {
    private static final int MAX_NAME = 127;
    private static final String OCI = "application/vnd.oci.";
    private static final String DOCKER = "application/vnd.docker.";

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
    /** A layer that registries need not hold: a tar archive. Deprecated by the specification. */
    public static final MediaType OCI_FOREIGN_LAYER =
            new MediaType("application/vnd.oci.image.layer.nondistributable.v1.tar");
    /** A layer that registries need not hold: a tar archive compressed with gzip. Deprecated by the specification. */
    public static final MediaType OCI_FOREIGN_LAYER_GZIP =
            new MediaType("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    /** A layer that registries need not hold: a tar archive compressed with Zstandard. Deprecated, too. */
    public static final MediaType OCI_FOREIGN_LAYER_ZSTD =
            new MediaType("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd");
    /** A descriptor by itself. */
    public static final MediaType OCI_DESCRIPTOR = new MediaType("application/vnd.oci.descriptor.v1+json");
    /** The file {@code oci-layout} of an image layout. */
    public static final MediaType OCI_LAYOUT_HEADER = new MediaType("application/vnd.oci.layout.header.v1+json");
    /** Docker's layer: a tar archive. */
    public static final MediaType DOCKER_LAYER = new MediaType("application/vnd.docker.image.rootfs.diff.tar");
    /** Docker's layer: a tar archive compressed with Zstandard. */
    public static final MediaType DOCKER_LAYER_ZSTD =
            new MediaType("application/vnd.docker.image.rootfs.diff.tar.zstd");
    /** Docker's layer that registries need not hold: a tar archive. */
    public static final MediaType DOCKER_FOREIGN_LAYER =
            new MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar");
    /** Docker's layer that registries need not hold: a tar archive compressed with gzip. */
    public static final MediaType DOCKER_FOREIGN_LAYER_GZIP =
            new MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    /** The configuration of a plugin of Docker. */
    public static final MediaType DOCKER_PLUGIN = new MediaType("application/vnd.docker.plugin.v1+json");
    /** Docker's image manifest, version 2, schema 1: recognised and refused. */
    public static final MediaType DOCKER_SCHEMA1 =
            new MediaType("application/vnd.docker.distribution.manifest.v1+json");
    /** The same with its signature. */
    public static final MediaType DOCKER_SCHEMA1_SIGNED =
            new MediaType("application/vnd.docker.distribution.manifest.v1+prettyjws");
    /** Any bytes. */
    public static final MediaType OCTET_STREAM = new MediaType("application/octet-stream");

    /**
     * Checks the grammar.
     *
     * @throws MalformedContentException if the value is no media type
     */
    public MediaType {
        int slash = value.indexOf('/');
        if (!isName(value, 0, slash) || !isName(value, slash + 1, value.length())) {
            throw new MalformedContentException("media type: expected type/subtype, got " + Text.quote(value));
        }
    }

    private static boolean isName(String text, int from, int to) {
        if (to <= from || to - from > MAX_NAME || !isLetterOrDigit(text.charAt(from))) {
            return false;
        }
        for (int i = from + 1; i < to; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && "!#$&^_.+-".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
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
        return value.startsWith(OCI + "image.layer.") || value.startsWith(DOCKER + "image.rootfs.");
    }

    /** {@return whether this is a layer that registries need not hold: its descriptor has URLs to fetch it from} */
    public boolean isForeignLayer() {
        return value.startsWith(OCI + "image.layer.nondistributable.")
                || value.startsWith(DOCKER + "image.rootfs.foreign.");
    }

    /** {@return how a layer is compressed by what its type says: {@code gzip}, {@code zstd}, ...; empty if it is not} */
    public Optional<String> layerCompression() {
        int tar = value.lastIndexOf(".tar");
        int suffix = tar + ".tar".length() + 1;
        return isLayer() && tar >= 0 && suffix < value.length()
                ? Optional.of(value.substring(suffix))
                : Optional.empty();
    }

    /** {@return whether this is one of Docker's types} */
    public boolean isDocker() {
        return value.startsWith(DOCKER);
    }

    /** {@return whether this is one of OCI's types} */
    public boolean isOci() {
        return value.startsWith(OCI);
    }

    /** {@return whether this is Docker's image manifest of schema 1, which Davit recognises and refuses} */
    public boolean isDockerSchema1() {
        return equals(DOCKER_SCHEMA1) || equals(DOCKER_SCHEMA1_SIGNED);
    }

    /** {@return OCI's type for the same content, or this one if there is none or it is OCI's} */
    public MediaType toOci() {
        return MediaTypeFamilies.OCI_OF_DOCKER.getOrDefault(this, this);
    }

    /** {@return Docker's type for the same content, or this one if there is none or it is Docker's} */
    public MediaType toDocker() {
        return MediaTypeFamilies.DOCKER_OF_OCI.getOrDefault(this, this);
    }

    /** {@return the media type as text} */
    @Override
    public String toString() {
        return value;
    }
}
