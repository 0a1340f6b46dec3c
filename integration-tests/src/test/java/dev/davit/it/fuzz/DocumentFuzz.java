package dev.davit.it.fuzz;

import static dev.davit.it.fuzz.Property.require;

import dev.davit.oci.Document;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import java.util.Arrays;
import java.util.List;

/** What must hold for any bytes whatever: a document is refused with the one exception there is, or loses nothing. */
final class DocumentFuzz {
    private static final List<MediaType> TYPES =
            List.of(MediaType.OCI_MANIFEST, MediaType.OCI_INDEX, MediaType.OCI_CONFIG, MediaType.OCI_LAYOUT_HEADER);

    private DocumentFuzz() {}

    /** Called by the fuzzer: the first byte says which document the others are. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        Document document;
        try {
            document = Document.parse(TYPES.get((input[0] & 0xff) % TYPES.size()), bytes);
        } catch (MalformedContentException e) {
            return;
        }
        require(Arrays.equals(document.toBytes(), bytes), "the bytes are kept");
        Document rebuilt = rebuilt(document);
        Document again = Document.parse(rebuilt.mediaType(), rebuilt.toBytes());
        require(again.successors().equals(document.successors()), "an edit keeps what the document refers to");
        require(again.equals(rebuilt(again)), "a second edit changes nothing");
    }

    private static Document rebuilt(Document document) {
        if (document instanceof Manifest manifest) {
            return manifest.toBuilder().build();
        }
        if (document instanceof Index index) {
            return index.toBuilder().build();
        }
        return document instanceof ImageConfig config ? config.toBuilder().build() : document;
    }
}
