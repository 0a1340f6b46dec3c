package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What every {@link Source} does, as tests: implement this interface in a test class and say where a source comes from. */
public interface SourceContract {
    /**
     * Makes a source.
     *
     * @param image an image
     * @param name a name such as {@code 1.0}
     * @return a source that has the image under the name, and nothing else
     * @throws Exception if that fails; the test fails then
     */
    Source sourceOf(Image image, String name) throws Exception;

    /** A name and a digest lead to the same image. */
    @Test
    default void resolves_a_name_and_a_digest() throws Exception {
        Image image = Samples.image();
        Source source = sourceOf(image, "1.0");

        for (String name : new String[] {"1.0", image.digest().toString()}) {
            Descriptor found = source.resolve(name);
            assertThat(found.digest()).isEqualTo(image.digest());
            assertThat(found.mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
            assertThat(found.size()).isEqualTo(image.descriptor().size());
            Blob document = source.document(name, Document.MAX_SIZE);
            assertThat(document.descriptor().digest()).isEqualTo(image.digest());
            Samples.assertHolds(document, image.manifest().toBytes());
        }
        assertThat(source.tags()).contains("1.0");
    }

    /** What has no name, and no such digest, is not found. */
    @Test
    default void does_not_find_other_names() throws Exception {
        Source source = sourceOf(Samples.image(), "1.0");
        String digest = Digest.sha256(new byte[] {1}).toString();

        for (String name : new String[] {"2.0", digest}) {
            assertThatThrownBy(() -> source.resolve(name)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> source.document(name, Document.MAX_SIZE)).isInstanceOf(NotFoundException.class);
        }
    }

    /** A document that is longer than the caller wants is refused. */
    @Test
    default void refuses_documents_that_are_too_long() throws Exception {
        Image image = Samples.image();
        Source source = sourceOf(image, "1.0");
        int size = (int) image.descriptor().size();

        assertThat(source.document("1.0", size).descriptor().digest()).isEqualTo(image.digest());
        assertThatThrownBy(() -> source.document("1.0", size - 1)).isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> source.fetch(image.descriptor(), size - 1))
                .isInstanceOf(MalformedContentException.class);
    }

    /** Everything that a manifest refers to can be read, also parts of it, and again and again. */
    @Test
    default void has_the_whole_image() throws Exception {
        Source source = sourceOf(Samples.image(), "1.0");

        Image image = Image.load(source, source.resolve("1.0"));

        Blob layer = image.layers().get(0).blob();
        byte[] content;
        try (InputStream in = Samples.image().layers().get(0).blob().open()) {
            content = in.readAllBytes();
        }
        Samples.assertHolds(layer, content);
        Samples.assertHolds(layer, content);
        try (InputStream in = layer.openRange(1000, 100)) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 1000, 1100));
        }
        try (InputStream in = layer.openRange(content.length - 1L, 100)) {
            assertThat(in.readAllBytes()).hasSize(1);
        }
        Descriptor other = Descriptor.of(MediaType.OCI_LAYER, new byte[] {1});
        assertThatThrownBy(() -> source.blob(other).open().close()).isInstanceOf(NotFoundException.class);
    }

    /** What nothing refers to has no referrers, whether it is there or not. */
    @Test
    default void lists_no_referrers_where_there_are_none() throws Exception {
        Source source = sourceOf(Samples.image(), "1.0");

        assertThat(source.referrers(Samples.image().digest())).isEmpty();
        assertThat(source.referrers(Digest.sha256(new byte[] {1}))).isEmpty();
    }
}
