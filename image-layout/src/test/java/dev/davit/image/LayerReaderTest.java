package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.image.Layer;
import dev.davit.oci.internal.ByteBlob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerReaderTest {
    private final byte[] tar = RawTar.tar()
            .pax("SCHILY.xattr.user.note", "hi", "mtime", "-0.5", "uid", "70000")
            .file("/../a", "content", 04750)
            .device('4', "b", 7, 8)
            .bytes();

    @Test
    void entries_are_what_the_archive_says() {
        List<LayerEntry> entries = new ArrayList<>();
        LayerReader.read(layer(tar, Digest.sha256(tar)), entries::add);

        LayerEntry file = entries.get(0);
        assertThat(file.type()).isEqualTo(LayerEntry.Type.FILE);
        assertThat(file.name()).isEqualTo("/../a");
        assertThat(file.mode()).isEqualTo(04750);
        assertThat(file.userId()).isEqualTo(70000);
        assertThat(file.size()).isEqualTo(7);
        assertThat(file.time()).hasToString("1969-12-31T23:59:59.500Z");
        assertThat(file.xattrs().get("user.note")).containsExactly('h', 'i');
        assertThat(file).hasToString("-rwsr-x--- 70000/0           7 1969-12-31T23:59:59.500Z /../a [user.note]");
        assertThat(entries.get(1)).hasToString("brw-r--r-- 0/0             7,8 1970-01-01T00:00:00Z b");
        assertThat(entries).hasSize(2);
    }

    @Test
    void set_bits_without_the_right_to_execute_are_capital() {
        byte[] odd = RawTar.tar().file("a", "", 07000).bytes();
        List<String> lines = new ArrayList<>();
        LayerReader.read(layer(odd, Digest.sha256(odd)), entry -> lines.add(entry.toString()));

        assertThat(lines).containsExactly("---S--S--T 0/0               0 1970-01-01T00:00:00Z a");
    }

    @Test
    void a_layer_that_is_not_what_it_says_is_refused() {
        assertThatThrownBy(() -> LayerReader.read(layer(tar, Digest.sha256(new byte[0])), entry -> {}))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("diffID");
        byte[] cut = RawTar.tar().file("a", "content").unfinished();
        byte[] shorter = Arrays.copyOf(cut, 514);
        assertThatThrownBy(() -> LayerReader.read(layer(shorter, Digest.sha256(shorter)), entry -> {}))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("cut off");
    }

    private static Layer layer(byte[] stored, Digest diffId) {
        return new Layer(new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, stored), stored), diffId);
    }
}
