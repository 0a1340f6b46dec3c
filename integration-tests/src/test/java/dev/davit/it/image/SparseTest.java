package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.OciLayout;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sparse files in every format in which GNU tar writes them: their bytes are right, and their holes stay holes. */
@Tag("jdk25")
class SparseTest {
    /** Holes at every place; one file has more pieces than a header, and than a block behind it, have room for. */
    private static final String FILES = """
            truncate -s 10M hole
            : > empty
            printf begin > begin; truncate -s 3M begin
            truncate -s 3M end; printf end >> end
            mkdir -p directory/$(printf 'long%.0s' $(seq 60))
            cd directory/long*
            name=$(printf 'name%.0s' $(seq 50))
            truncate -s 9000001 $name
            for i in $(seq 1 60); do printf "piece $i" | dd of=$name conv=notrunc bs=1 seek=$((i * 140000)) status=none; done
            find ../.. -exec touch --date=@1700000000 {} +
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "oldgnu", "pax 0.0", "pax 0.1", "pax 1.0"})
    void content_is_that_of_the_files_and_holes_take_no_space(String format) throws Exception {
        Parts.require("tar");
        Path files = Files.createDirectory(folder.resolve("files"));
        Command.of("sh", "-c", "cd '" + files + "'\n" + FILES).run();
        Image image = Layers.image(OciLayout.at(folder.resolve("layout")), "sparse", List.of(pack(format)));

        Path root = Unpacker.into(folder.resolve("root")).unpack(image).root();

        assertThat(Trees.differences(files, root)).isEmpty();
        assertThat(blocks(root)).isLessThan(blocks(files) + 100);
        assertThatThrownBy(() -> Unpacker.into(folder.resolve("small"))
                        .maxBytes(20_000_000)
                        .unpack(image))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("limit on bytes");
        assertThat(folder.resolve("small")).doesNotExist();
    }

    private Path pack(String format) throws IOException {
        Path tar = folder.resolve("sparse.tar");
        List<String> command = new ArrayList<>(List.of("--create", "--sparse", "--numeric-owner"));
        String[] words = format.split(" ", -1);
        command.add("--format=" + words[0]);
        if (words.length > 1) {
            command.add("--sparse-version=" + words[1]);
        }
        command.addAll(List.of("--directory=" + folder.resolve("files"), "--file=" + tar, "."));
        Command.of("tar").with(command.toArray(new String[0])).run();
        assertThat(Files.size(tar)).as("the archive itself").isLessThan(1_000_000);
        return tar;
    }

    /** {@return how many kilobytes a folder takes on the disk} */
    private static long blocks(Path folder) {
        return Long.parseLong(Command.of("du", "--summarize", "--block-size=1024", folder.toString())
                .run()
                .split("\t", 2)[0]);
    }
}
