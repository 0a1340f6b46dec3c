package dev.davit.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A JSON document that has a digest: its identity is its bytes, not what they mean. A parsed document keeps the bytes
 * it was parsed from; one that was built has canonical bytes, the same for the same values.
 *
 * <p>Two documents are equal if their bytes and their media types are. Immutable and safe to share.
 */
public abstract sealed class Document permits Manifest, Index, ImageConfig, LayoutHeader {
    /**
     * The largest document that is read unless a larger size is asked for, in bytes: 4 MiB, which is what the
     * distribution specification asks registries to accept at least.
     */
    public static final int MAX_SIZE = 4 * 1024 * 1024;

    private final byte[] bytes;
    private final Descriptor descriptor;

    Document(MediaType mediaType, byte[] bytes) {
        this.bytes = bytes;
        this.descriptor = Descriptor.of(mediaType, bytes);
    }

    /**
     * Parses a document of at most {@link #MAX_SIZE}.
     *
     * @param mediaType the media type it was named or served with: it says which document this is
     * @param bytes the document
     * @return the document, with everything it carries
     * @throws MalformedContentException if the bytes are not such a document
     */
    public static Document parse(MediaType mediaType, byte[] bytes) {
        return parse(mediaType, bytes, MAX_SIZE);
    }

    /**
     * Parses a document.
     *
     * @param mediaType the media type it was named or served with: it says which document this is
     * @param bytes the document
     * @param maxSize how long it may be, in bytes; expect to need ten times as much memory for a hostile one
     * @return the document, with everything it carries
     * @throws MalformedContentException if the bytes are not such a document
     */
    public static Document parse(MediaType mediaType, byte[] bytes, int maxSize) {
        if (mediaType.isManifest()) {
            return Manifest.parse(mediaType, bytes, maxSize);
        }
        if (mediaType.isIndex()) {
            return Index.parse(mediaType, bytes, maxSize);
        }
        if (mediaType.isConfig()) {
            return ImageConfig.parse(mediaType, bytes, maxSize);
        }
        if (mediaType.equals(MediaType.OCI_LAYOUT_HEADER)) {
            return LayoutHeader.parse(bytes);
        }
        requireSupported(mediaType);
        throw new MalformedContentException(
                "document: expected a manifest, an index or a configuration, got " + mediaType);
    }

    /**
     * Refuses a type that looks like a document but cannot be read as one.
     *
     * @param mediaType a media type
     * @throws MalformedContentException if it is Docker's schema 1
     */
    public static void requireSupported(MediaType mediaType) {
        if (mediaType.isDockerSchema1()) {
            throw new MalformedContentException("document: expected an image manifest, got " + SchemaVersion.SCHEMA1);
        }
    }

    /** The array may become part of a document that outlives the call, so it is copied once, here. */
    static byte[] own(String document, byte[] bytes, int maxSize) {
        if (bytes.length > maxSize) {
            throw new MalformedContentException(
                    document + ": expected at most " + maxSize + " bytes, got " + bytes.length);
        }
        return bytes.clone();
    }

    /** {@return what this document consists of, in the order of its members: a copy of it has to have all of them} */
    public abstract List<Descriptor> children();

    /** {@return the manifest that this document refers to, if it is a referrer: it may well be somewhere else} */
    public Optional<Descriptor> subject() {
        return Optional.empty();
    }

    /** {@return everything that this document refers to: its children, and then its subject} */
    public List<Descriptor> successors() {
        List<Descriptor> all = new ArrayList<>(children());
        subject().ifPresent(all::add);
        return List.copyOf(all);
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
