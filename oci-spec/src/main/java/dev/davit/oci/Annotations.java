package dev.davit.oci;

/**
 * Keys of annotations that the specifications and well-known tools define.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md">image-spec, annotations.md</a>
 */
public final class Annotations {
    /** When the image was built, as RFC 3339 date and time. */
    public static final String CREATED = "org.opencontainers.image.created";
    /** Contact details of the people or organisation responsible for the image. */
    public static final String AUTHORS = "org.opencontainers.image.authors";
    /** URL with more information on the image. */
    public static final String URL = "org.opencontainers.image.url";
    /** URL of the documentation. */
    public static final String DOCUMENTATION = "org.opencontainers.image.documentation";
    /** URL of the source code. */
    public static final String SOURCE = "org.opencontainers.image.source";
    /** Version of the packaged software. */
    public static final String VERSION = "org.opencontainers.image.version";
    /** Revision of the packaged software in source control. */
    public static final String REVISION = "org.opencontainers.image.revision";
    /** Name of the distributing entity. */
    public static final String VENDOR = "org.opencontainers.image.vendor";
    /** Licences as an SPDX expression. */
    public static final String LICENSES = "org.opencontainers.image.licenses";
    /** Name of a reference to the target: the tag, in the index of an image layout. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";
    /** Human-readable title. */
    public static final String TITLE = "org.opencontainers.image.title";
    /** Human-readable description. */
    public static final String DESCRIPTION = "org.opencontainers.image.description";
    /** Digest of the image this one is based on. */
    public static final String BASE_DIGEST = "org.opencontainers.image.base.digest";
    /** Reference of the image this one is based on. */
    public static final String BASE_NAME = "org.opencontainers.image.base.name";
    /** The full reference that containerd gives an image it imports from an archive. */
    public static final String CONTAINERD_IMAGE_NAME = "io.containerd.image.name";

    private Annotations() {}
}
