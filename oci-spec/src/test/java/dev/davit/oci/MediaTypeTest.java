package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypeTest {
    static Stream<MediaType> constants() {
        return Stream.of(MediaType.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .map(MediaTypeTest::value);
    }

    private static MediaType value(Field field) {
        try {
            return (MediaType) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("constants")
    void a_type_is_of_one_kind_and_of_one_family_at_most(MediaType type) {
        assertThat(Stream.of(type.isManifest(), type.isIndex(), type.isConfig(), type.isLayer(), type.isDockerSchema1())
                        .filter(is -> is))
                .hasSizeLessThan(2);
        assertThat(type.isOci() && type.isDocker()).isFalse();
        assertThat(type.isDocument()).isEqualTo(type.isManifest() || type.isIndex());
    }

    @ParameterizedTest
    @MethodSource("constants")
    void conversion_keeps_what_a_type_is_and_can_be_undone(MediaType type) {
        MediaType oci = type.toOci();
        MediaType docker = type.toDocker();

        assertThat(oci.isLayer()).isEqualTo(type.isLayer());
        assertThat(oci.isManifest()).isEqualTo(type.isManifest());
        assertThat(oci.isIndex()).isEqualTo(type.isIndex());
        assertThat(oci.isConfig()).isEqualTo(type.isConfig());
        assertThat(oci.isForeignLayer()).isEqualTo(type.isForeignLayer());
        assertThat(oci.layerCompression()).isEqualTo(type.layerCompression());
        assertThat(type.isDocker() ? oci.toDocker() : docker.toOci()).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.config.v1+json, application/vnd.docker.container.image.v1+json",
        "application/vnd.oci.image.layer.v1.tar, application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip, application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.oci.image.layer.v1.tar+zstd, application/vnd.docker.image.rootfs.diff.tar.zstd",
        "application/vnd.oci.image.layer.nondistributable.v1.tar,"
                + " application/vnd.docker.image.rootfs.foreign.diff.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip,"
                + " application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    })
    void converts_between_the_families(String oci, String docker) {
        assertThat(new MediaType(oci).toDocker()).hasToString(docker);
        assertThat(new MediaType(docker).toOci()).hasToString(oci);
    }

    @Test
    void what_has_no_counterpart_stays_what_it_is() {
        assertThat(MediaType.OCI_EMPTY.toDocker()).isSameAs(MediaType.OCI_EMPTY);
        assertThat(MediaType.OCTET_STREAM.toOci()).isSameAs(MediaType.OCTET_STREAM);
        assertThat(MediaType.DOCKER_SCHEMA1.toOci()).isSameAs(MediaType.DOCKER_SCHEMA1);
    }

    @Test
    void tells_how_a_layer_is_compressed() {
        assertThat(MediaType.OCI_LAYER.layerCompression()).isEmpty();
        assertThat(MediaType.OCI_LAYER_ZSTD.layerCompression()).contains("zstd");
        assertThat(MediaType.OCI_FOREIGN_LAYER_GZIP.layerCompression()).contains("gzip");
        assertThat(MediaType.DOCKER_LAYER_GZIP.layerCompression()).contains("gzip");
        assertThat(MediaType.DOCKER_FOREIGN_LAYER.layerCompression()).isEmpty();
        assertThat(new MediaType("application/vnd.oci.image.layer.v1.tar+gzip+encrypted").layerCompression())
                .contains("gzip+encrypted");
        assertThat(new MediaType("text/x.tar+gzip").layerCompression()).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.oci.image.manifest.v1+json; charset=utf-8",
                "application/vnd.oci.image.manifest.v1+json;charset=utf-8",
                " Application/Vnd.OCI.image.manifest.v1+JSON ",
            })
    void reads_a_header(String header) {
        assertThat(MediaType.ofContentType(header)).isEqualTo(MediaType.OCI_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "text", "text/", "/html", "text/ht ml", "text/html, text/plain", "tëxt/html"})
    void refuses_what_is_no_type(String header) {
        assertThatThrownBy(() -> MediaType.ofContentType(header))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("type/subtype");
    }
}
