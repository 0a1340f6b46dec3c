package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Index;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveSpecTest {
    @TempDir
    Path folder;

    TemporaryStore store;
    Image one;
    Image two;
    ArchiveSpec both;

    @BeforeEach
    void images() {
        store = LocalStore.temporary();
        one = image("one");
        two = image("two");
        both = ArchiveSpec.empty().add(one, "acme/one:1", "acme/one:latest").add(two, "acme/two:latest");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void images_with_several_names_go_through_a_stream_and_share_their_layers(boolean docker) throws IOException {
        byte[] bytes = written(docker);

        try (ImageArchive archive = ImageArchive.read(unseekable(bytes))) {
            for (String name : new String[] {"acme/one:1", "docker.io/acme/one:latest"}) {
                assertThat(load(archive, name).id()).isEqualTo(one.id());
            }
            assertThat(load(archive, "acme/two:latest").id()).isEqualTo(two.id());
            assertThat(archive.tags()).hasSize(3);
            Unpacker.into(folder.resolve("root")).unpack(load(archive, "acme/two:latest"));
        }
        assertThat(folder.resolve("root/own")).hasContent("two");
        assertThat(folder.resolve("root/shared")).hasContent("shared");
        int files = one.layers().size() + 1 + 2 + (docker ? 1 : 4);
        assertThat(TarNames.files(bytes)).hasSize(files).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_stream_and_a_file_get_the_same_bytes(boolean docker) throws IOException {
        Path file = folder.resolve("file.tar");
        if (docker) {
            both.writeDocker(file);
        } else {
            both.writeOci(file);
        }
        assertThat(file).hasBinaryContent(written(docker));
    }

    @Test
    void containerd_finds_whole_references_and_skopeo_the_names_that_were_given() throws IOException {
        Path file = folder.resolve("file.tar");
        Descriptor imported = one.descriptor().toBuilder()
                .annotation(Annotations.CONTAINERD_IMAGE_NAME, "docker.io/library/before:1")
                .build();
        ArchiveSpec.empty().add(store, imported, "1.0", "acme/one:1").add(two).writeOci(file);

        Index index = Index.parse(TarNames.content(Files.readAllBytes(file), "index.json"));

        assertThat(index.manifests())
                .extracting(Descriptor::annotations)
                .containsExactly(
                        Map.of(Annotations.REF_NAME, "1.0"),
                        Map.of(
                                Annotations.REF_NAME,
                                "acme/one:1",
                                Annotations.CONTAINERD_IMAGE_NAME,
                                "docker.io/acme/one:1"),
                        Map.of());
    }

    @Test
    void an_image_with_two_names_is_the_only_one() {
        Path file = folder.resolve("file.tar");
        ArchiveSpec.empty().add(one, "1.0", "latest").writeOci(file);

        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.resolveOnly().digest()).isEqualTo(one.digest());
            assertThat(archive.tags()).containsExactly("1.0", "latest");
        }
    }

    @Test
    void foreign_layers_stay_where_they_are() {
        Descriptor foreign = Descriptor.of(MediaType.OCI_FOREIGN_LAYER, new byte[] {1}).toBuilder()
                .urls(List.of("https://layers.example/a.tar"))
                .build();
        Manifest manifest = one.manifest().toBuilder().layers(List.of(foreign)).build();
        store.ingest(MediaType.OCI_MANIFEST, new ByteArrayInputStream(manifest.toBytes()));
        Path file = folder.resolve("file.tar");

        ArchiveSpec.empty().add(store, manifest.descriptor(), "1.0").writeOci(file);

        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.fetch(archive.resolve("1.0"))).isEqualTo(manifest.toBytes());
            assertThatThrownBy(() -> archive.blob(foreign).open()).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void a_name_is_given_once_and_an_index_is_no_image_of_docker() {
        assertThatThrownBy(() -> both.add(one, "acme/two:latest"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("acme/two:latest twice");
        Index index = Index.builder().addManifest(one.descriptor()).build();
        ArchiveSpec spec = ArchiveSpec.empty().add(store, index.descriptor(), "a:1");
        assertThatThrownBy(() -> spec.writeDocker(folder.resolve("file.tar")))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("choose one of its platforms");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_stream_may_be_compressed_but_not_become_too_long() throws IOException {
        byte[] bytes = written(true);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        }

        try (ImageArchive archive = ImageArchive.read(unseekable(compressed.toByteArray()), bytes.length)) {
            assertThat(load(archive, "acme/one:1").id()).isEqualTo(one.id());
        }
        assertThatThrownBy(() -> ImageArchive.read(unseekable(compressed.toByteArray()), bytes.length - 1))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("expected at most " + (bytes.length - 1) + " bytes");
        assertThatThrownBy(() -> ImageArchive.read(unseekable("no archive".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageStartingWith("archive from a stream: ");
    }

    @Test
    void a_stream_that_breaks_is_the_fault_of_its_side() throws IOException {
        byte[] bytes = written(false);
        InputStream broken = new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int n = super.read(target, offset, Math.min(length, 700));
                if (n < 0) {
                    throw new IOException("broken pipe");
                }
                return n;
            }
        };
        assertThatThrownBy(() -> ImageArchive.read(broken))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.side()).isEqualTo(TransferException.Side.SOURCE))
                .hasMessageContaining("broken pipe");
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space");
            }
        };
        assertThatThrownBy(() -> both.writeDocker(full))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.side()).isEqualTo(TransferException.Side.TARGET))
                .hasMessageContaining("no space");
    }

    private byte[] written(boolean docker) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (docker) {
            both.writeDocker(out);
        } else {
            both.writeOci(out);
        }
        return out.toByteArray();
    }

    /** A pipe hands out what has come so far, and cannot go back. */
    private static InputStream unseekable(byte[] bytes) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, 311));
            }

            @Override
            public boolean markSupported() {
                return false;
            }
        };
    }

    private static Image load(ImageArchive archive, String name) {
        return Image.load(archive, name, Platform.LINUX_AMD64);
    }

    private Image image(String own) {
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("shared").file("/shared", "shared".getBytes(StandardCharsets.UTF_8), 0644))
                .layer(LayerSpec.named("own").file("/own", own.getBytes(StandardCharsets.UTF_8), 0644))
                .build(store);
    }
}
