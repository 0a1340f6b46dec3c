package dev.davit.oci;

/**
 * A JSON document that has a digest: its identity is its bytes, not what they mean. A parsed document keeps the bytes
 * it was parsed from; one that was built has canonical bytes, the same for the same values.
 *
 * <p>Two documents are equal if their bytes and their media types are. Immutable and safe to share.
 */
public abstract sealed class Document permits Manifest, Index, ImageConfig {
    /**
     * The largest manifest or index that is read, in bytes: 4 MiB, which is what the distribution specification asks
     * registries to accept at least. Configurations keep to it too.
     */
    public static final int MAX_SIZE = 4 * 1024 * 1024;

    private final byte[] bytes;
    private final Descriptor descriptor;

    Document(MediaType mediaType, byte[] bytes) {
        this.bytes = bytes;
        this.descriptor = Descriptor.of(mediaType, bytes);
    }

    /**
     * Parses a manifest or an index, whichever its media type says.
     *
     * @param mediaType the media type it was named or served with
     * @param bytes the document
     * @return the document
     * @throws MalformedContentException if the bytes are not such a document
     */
    public static Document parse(MediaType mediaType, byte[] bytes) {
        if (mediaType.isManifest()) {
            return Manifest.parse(mediaType, bytes);
        }
        if (mediaType.isIndex()) {
            return Index.parse(mediaType, bytes);
        }
        throw new MalformedContentException("document: expected a manifest or an index, got " + mediaType);
    }

    /** The array may become part of a document that outlives the call, so it is copied once, here. */
    static byte[] own(String document, byte[] bytes) {
        if (bytes.length > MAX_SIZE) {
            throw new MalformedContentException(
                    document + ": expected at most " + MAX_SIZE + " bytes, got " + bytes.length);
        }
        return bytes.clone();
    }

    /** {@return the exact bytes of the document, as a new array} */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** {@return the media type of the document} */
    public MediaType mediaType() {
        return descriptor.mediaType();
    }

    /** {@return the SHA-256 digest of the bytes} */
    public Digest digest() {
        return descriptor.digest();
    }

    /** {@return a descriptor of the document: media type, SHA-256 digest and size} */
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof Document d && d.descriptor.equals(descriptor);
    }

    @Override
    public final int hashCode() {
        return descriptor.hashCode();
    }

    /** {@return media type, digest and size in one line} */
    @Override
    public String toString() {
        return descriptor.toString();
    }
}
