package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.Codecs;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.internal.ByteBlob;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the compressors of the field write is decoded, in one piece and in many, and they decode what Davit writes; what
 * layers may not be is named.
 */
@Tag("jdk25")
class CompressorsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip -1 < data",
                "gzip -9 --name --stdout data",
                "(gzip < data; : | gzip; gzip -9 < more)",
                "pigz --processes 4 --blocksize 128 < data",
                "pigz --independent --comment 'a remark' --name --stdout data",
                "zstd < data",
                "zstd --threads=2 -3 --no-check --stdout data",
                "zstd --threads=2 -1 --long=27 < data",
                "(zstd < data; : | zstd; zstd --no-check -9 < more)",
                "pzstd --processes 2 --stdout --quiet data"
            })
    void what_compressors_write_is_decoded(String command) throws IOException {
        byte[] data = data();
        byte[] stored = compressed(command);
        Digester expected = Digester.sha256();
        expected.update(data, 0, data.length);
        if (command.contains("more")) {
            expected.update(data, 0, MORE);
        }

        assertThat(stored.length).isLessThan(data.length);
        assertThat(diffId(stored)).isEqualTo(expected.digest());
    }

    @ParameterizedTest
    @CsvSource({
        "xz < data, got xz",
        "bzip2 < data, got bzip2",
        "zstd -1 --long=28 < data, zstd",
        "(gzip < data; head -c 512 /dev/zero), expected another member or the end",
        "(zstd < data; head -c 512 /dev/zero), zstd"
    })
    void what_is_no_layer_is_named(String command, String message) throws IOException {
        data();
        byte[] stored = compressed(command);

        assertThatThrownBy(() -> diffId(stored))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip -dc", "pigz -dc", "zstd -dc"})
    void what_davit_writes_is_decoded_by_programs(String command) throws IOException {
        byte[] data = data();
        for (int level = 1; level <= 9; level += 4) {
            try (OutputStream file = Files.newOutputStream(folder.resolve("davit.gz"));
                    OutputStream gzip = Codecs.encoder(Compression.GZIP, level, file)) {
                gzip.write(data);
            }

            assertThat(compressed(command + " < davit.gz")).isEqualTo(data);
        }
    }

    private static final int MORE = 70_000;

    /** Half noise, half text: more than a window of deflate, and than a block of any of the programs. */
    private byte[] data() throws IOException {
        byte[] data = new byte[3_000_000];
        new Random(7).nextBytes(data);
        for (int i = 0; i < data.length; i += 200_000) {
            for (int j = i; j < Math.min(i + 100_000, data.length); j++) {
                data[j] = (byte) "a layer of an image".charAt(j % 19);
            }
        }
        Files.write(folder.resolve("data"), data);
        Files.write(folder.resolve("more"), Arrays.copyOf(data, MORE));
        return data;
    }

    private byte[] compressed(String command) throws IOException {
        Parts.require(command.replaceAll("^\\(", "").split(" ", 2)[0]);
        Command.of("sh", "-euc", "cd \"$0\"; " + command + " > stored", folder.toString())
                .run();
        return Files.readAllBytes(folder.resolve("stored"));
    }

    private static Digest diffId(byte[] stored) throws IOException {
        ByteBlob blob = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, stored), stored);
        try (LayerDecoder decoder = LayerDecoder.open(blob, DecodeLimits.NONE, Digester.sha256())) {
            return decoder.finish();
        }
    }
}
