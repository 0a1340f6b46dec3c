package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ImageValidator;
import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A tree with everything, packed by every writer of tar in every format it has: what Davit unpacks is that tree. Each
 * format gets what it can carry, so nothing may differ but what the report says.
 */
@Tag("jdk25")
class TarDialectsTest {
    /** Without a word from the tool: what it leaves out it warns about. */
    private static final String PYTHON = """
            import sys, tarfile
            tar = tarfile.open(sys.argv[1], 'w', format=getattr(tarfile, sys.argv[3]), errors='surrogateescape')
            tar.add(sys.argv[2], '.')
            tar.close()
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "V7 | tar --format=v7",
                "USTAR | tar --format=ustar",
                "WIDE | tar --format=oldgnu",
                "WIDE | tar --format=gnu",
                "PAX_BEFORE_1970 | tar --format=posix --xattrs --xattrs-include=*",
                // a header for all entries, and fewer fields in that of each
                "PAX_BEFORE_1970 | tar --format=posix --xattrs --xattrs-include=* --pax-option=comment=hello,delete=atime,delete=ctime",
                "USTAR | bsdtar --format=ustar",
                // libarchive has no larger times in this format
                "GNU | bsdtar --format=gnutar",
                // libarchive writes a second and three quarters before 1970 as -2.25; to POSIX, GNU tar and Go this is
                // what it says
                "PAX | bsdtar --format=pax --xattrs --options=pax:hdrcharset=BINARY",
                "PAX | bsdtar --format=pax --xattrs --options=pax:hdrcharset=BINARY,pax:xattrheader=LIBARCHIVE",
                "PAX | bsdtar --format=pax --xattrs --options=pax:hdrcharset=BINARY,pax:xattrheader=SCHILY",
                "USTAR | python3 USTAR_FORMAT",
                "WIDE | python3 GNU_FORMAT",
                "HALVES | python3 PAX_FORMAT",
            })
    void a_tree_comes_back_as_it_was(Rich kind, String writer) throws IOException {
        Parts.requireRoot();
        Parts.require("tar", "bsdtar", "python3", "getfattr", "setcap", "bash");
        Path tree = kind.make(folder.resolve("tree"));
        Path tar = folder.resolve("tree.tar");
        pack(tree, tar, writer.split(" ", -1));
        OciLayout layout = OciLayout.at(folder.resolve("layout"));
        Image image = Layers.image(layout, "tree", List.of(tar));

        UnpackReport report = Unpacker.into(folder.resolve("root")).unpack(image);

        Unpacked.assertDiffersAsReported(tree, report);
        assertThat(TarEntries.davit(tar)).isEqualTo(TarEntries.commonsCompress(tar));
        assertThat(ImageValidator.validate(layout, "tree").findings()).isEmpty();
        assertThat(Trees.size(tree)).isGreaterThan(40);
        if (Runtime.version().feature() >= 22) {
            assertThat(report.differences()).isEmpty();
        }
    }

    private static void pack(Path tree, Path tar, String... words) {
        Command command = words[0].equals("python3")
                ? Command.of("python3", "-c", PYTHON, tar.toString(), tree.toString(), words[1])
                : Command.of(words[0], "--create", "--numeric-owner")
                        .with(List.of(words).subList(1, words.length).toArray(new String[0]))
                        .with("-C", tree.toString(), "-f", tar.toString(), ".");
        Command.Result result = command.env("LC_ALL", "C.UTF-8").runAnyhow();
        assertThat(result).isEqualTo(new Command.Result(0, "", ""));
    }
}
