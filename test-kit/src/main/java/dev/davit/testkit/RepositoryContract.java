package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.Repository;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link Repository} does, as tests: see {@link ContentStoreContract}. */
public interface RepositoryContract extends ContentStoreContract, SourceContract {
    @Override
    Repository emptyStore() throws Exception;

    @Override
    default Source sourceOf(Image image, String name) throws Exception {
        Repository repository = emptyStore();
        Copier.create().copy(image, repository, name);
        return repository;
    }

    /** A name stands for what it was given to last. */
    @Test
    default void a_name_moves() throws Exception {
        Repository repository = emptyStore();
        Descriptor image = Copier.create().copy(Samples.image(), repository, "b");
        Index index = Index.builder().manifests(List.of(image)).build();

        assertThat(repository.put(
                        Samples.blob(index.descriptor(), () -> new ByteArrayInputStream(index.toBytes())), "a"))
                .isEqualTo(Outcome.COPIED);
        repository.tag(image, "c");
        assertThat(repository.tags()).containsExactly("a", "b", "c");
        assertThat(repository.resolve("a").digest()).isEqualTo(index.digest());

        repository.tag(image, "a");
        assertThat(repository.tags()).containsExactly("a", "b", "c");
        assertThat(repository.resolve("a").digest()).isEqualTo(image.digest());
    }

    /** What is not there cannot have a name. */
    @Test
    default void does_not_name_what_is_not_there() throws Exception {
        Repository repository = emptyStore();
        Copier.create().copy(Samples.image(), repository, "1.0");
        Index absent = Index.builder().annotations(Map.of("not", "there")).build();

        assertThatThrownBy(() -> repository.tag(absent.descriptor(), "2.0")).isInstanceOf(NotFoundException.class);

        assertThat(repository.tags()).containsExactly("1.0");
    }

    /** What refers to an image is listed with its type and its annotations, once. */
    @Test
    default void lists_what_refers_to_an_image() throws Exception {
        Repository repository = emptyStore();
        Image image = Samples.image();
        Copier.create().copy(image, repository, "1.0");
        assertThat(repository.referrers(image.digest())).isEmpty();
        Manifest signature = Samples.referrer(image.descriptor(), "application/vnd.example.signature");
        Manifest statement = Samples.referrer(image.descriptor(), "application/vnd.example.statement");
        Manifest ofSignature = Samples.referrer(signature.descriptor(), "application/vnd.example.stamp");
        repository.put(Samples.blob(new byte[] {'{', '}'}));

        for (Manifest referrer : List.of(signature, statement, ofSignature, signature)) {
            repository.put(Samples.blob(referrer));
        }

        List<Descriptor> referrers = repository.referrers(image.digest());
        assertThat(referrers)
                .extracting(Descriptor::digest)
                .containsExactlyInAnyOrder(signature.digest(), statement.digest());
        for (Descriptor referrer : referrers) {
            Manifest manifest = Manifest.parse(referrer.mediaType(), repository.fetch(referrer));
            assertThat(referrer.artifactType()).isEqualTo(manifest.artifactType());
            assertThat(referrer.annotations()).isEqualTo(manifest.annotations());
            assertThat(referrer.annotation("org.example.kind"))
                    .isEqualTo(Optional.of(manifest.artifactType().orElse("")));
        }
        assertThat(repository.referrers(signature.digest()))
                .extracting(Descriptor::digest)
                .containsExactly(ofSignature.digest());
    }
}
