package dev.davit.image.internal.layout;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.ContentSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Finds out what a blob is of which only the digest is known. */
public final class UntypedBlobs {
    private UntypedBlobs() {}

    /**
     * {@return the descriptor of a manifest or index, if the file is there and is one}
     *
     * @param file the blob
     * @param digest its digest, which is checked
     * @throws IntegrityException if the file has another digest
     */
    public static Optional<Descriptor> document(Path file, Digest digest) {
        byte[] bytes;
        try {
            bytes = SmallFiles.read(file, Document.MAX_SIZE);
        } catch (NotFoundException e) {
            return Optional.empty();
        }
        Digester digester = digest.newDigester();
        digester.update(bytes, 0, bytes.length);
        if (!digester.digest().equals(digest)) {
            throw new IntegrityException(
                    file.toString(), digest.toString(), digester.digest().toString());
        }
        return type(bytes).map(type -> Descriptor.of(type, digest, bytes.length));
    }

    /** {@return the media type of a manifest or index, if the bytes are one} */
    public static Optional<MediaType> type(byte[] bytes) {
        return parsed(bytes).map(Document::mediaType);
    }

    /** {@return the manifest or index, if the bytes are one} */
    static Optional<Document> parsed(byte[] bytes) {
        try {
            return Optional.of(Manifest.parse(bytes));
        } catch (MalformedContentException noManifest) {
            try {
                // nearly any JSON object is an index of nothing
                return Optional.<Document>of(Index.parse(bytes))
                        .filter(index -> !index.children().isEmpty());
            } catch (MalformedContentException noIndex) {
                return Optional.empty();
            }
        }
    }

    /**
     * What reading a blob has shown.
     *
     * @param document the manifest or index in it, if it is one
     * @param intact whether it is there and has its digest, as far as it was read
     */
    public record Look(Optional<Document> document, boolean intact) {}

    /**
     * Looks for a manifest or index in a blob. Of layers, one byte is read.
     *
     * @param source has the blob
     * @param content the blob, of no more than {@link Document#MAX_SIZE}
     * @return what was found
     */
    public static Look look(ContentSource source, Descriptor content) {
        try {
            return new Look(mayBeJson(source, content) ? parsed(source.fetch(content)) : Optional.empty(), true);
        } catch (NotFoundException | IntegrityException e) {
            return new Look(Optional.empty(), false);
        }
    }

    private static boolean mayBeJson(ContentSource source, Descriptor content) {
        try (InputStream in = source.blob(content).openRange(0, 1)) {
            int first = in.read();
            return first == '{' || Character.isWhitespace(first);
        } catch (IOException e) {
            throw new TransferException(Side.SOURCE, content, "cannot read " + content + ": " + e.getMessage(), e);
        }
    }
}
