package dev.davit.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.content.LocalStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What refers to something in layouts and archives, where nothing says it but the documents themselves. */
class LayoutReferrersTest {
    private static final Descriptor SUBJECT = Descriptor.of(MediaType.OCI_MANIFEST, "an image".getBytes(UTF_8));

    @TempDir
    private Path folder;

    private static Manifest signature(String who) {
        return Manifest.builder(Descriptor.EMPTY)
                .artifactType("application/vnd.example.signature")
                .subject(SUBJECT)
                .annotations(Map.of("who", who))
                .build();
    }

    private static Descriptor add(LocalStore store, Manifest manifest) {
        store.ingest(MediaType.OCI_EMPTY, new ByteArrayInputStream(new byte[] {'{', '}'}));
        return store.ingest(manifest.mediaType(), new ByteArrayInputStream(manifest.toBytes()));
    }

    @Test
    void a_layout_sees_what_others_add_and_delete() throws IOException {
        OciLayout layout = OciLayout.at(folder);
        assertThat(layout.referrers(SUBJECT.digest())).isEmpty();

        Descriptor first = add(OciLayout.open(folder), signature("first"));
        assertThat(layout.referrers(SUBJECT.digest())).singleElement().satisfies(referrer -> {
            assertThat(referrer.digest()).isEqualTo(first.digest());
            assertThat(referrer.artifactType()).contains("application/vnd.example.signature");
            assertThat(referrer.annotations()).containsEntry("who", "first");
        });

        Descriptor second = add(OciLayout.open(folder), signature("second"));
        Files.delete(file(first.digest()));
        assertThat(layout.referrers(SUBJECT.digest()))
                .extracting(Descriptor::digest)
                .containsExactly(second.digest());
    }

    @Test
    void what_is_damaged_refers_to_nothing_until_it_is_whole_again() throws IOException {
        OciLayout layout = OciLayout.at(folder);
        Manifest signature = signature("me");
        add(layout, signature);
        byte[] damaged = signature.toBytes();
        damaged[damaged.length - 3] ^= 1;
        Files.write(file(signature.digest()), damaged);
        assertThat(layout.referrers(SUBJECT.digest())).isEmpty();

        Files.write(file(signature.digest()), signature.toBytes());

        assertThat(layout.referrers(SUBJECT.digest())).hasSize(1);
    }

    @Test
    void an_archive_lists_what_is_in_it() {
        OciLayout layout = OciLayout.at(folder.resolve("layout"));
        Descriptor signature = add(layout, signature("me"));
        Descriptor index = layout.ingest(
                MediaType.OCI_INDEX,
                new ByteArrayInputStream(
                        Index.builder().manifests(List.of(signature)).build().toBytes()));
        Path file = folder.resolve("archive.tar");
        ImageArchive.writeOci(layout, index, file, "1.0");

        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.referrers(SUBJECT.digest())).isEqualTo(layout.referrers(SUBJECT.digest()));
            assertThat(archive.referrers(SUBJECT.digest())).hasSize(1);
            assertThat(archive.referrers(index.digest())).isEmpty();
        }
    }

    private Path file(Digest digest) {
        return folder.resolve("blobs").resolve(digest.algorithm()).resolve(digest.encoded());
    }
}
