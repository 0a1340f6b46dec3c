package dev.davit.image.internal.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every way to the file system does alike. */
@Tag("jdk25")
class TreeTest {
    private static final byte[] DATA = {1, 2, 3};

    @TempDir
    Path root;

    /** Opens a tree. */
    interface Opening {
        Tree open(Path root);
    }

    static Stream<Opening> ways() {
        List<Opening> ways = new ArrayList<>();
        ways.add(root -> Trees.open(root, true));
        if (Trees.canCallSystem()) {
            ways.add(root -> Trees.open(root, false));
        }
        return ways.stream();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void the_better_way_is_taken_where_there_is_one(Opening way) {
        try (Tree tree = way.open(root);
                Tree best = Trees.open(root, false)) {
            assertThat(best).isInstanceOf(Trees.canCallSystem() ? PosixTree.class : NioTree.class);
            assertThat(tree).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void holes_take_no_space_and_are_zeros(Opening way) throws IOException {
        try (Tree tree = way.open(root)) {
            write(tree, "middle", out -> {
                out.write(DATA, 0, 3);
                out.skip(5 << 20);
                out.write(DATA, 1, 2);
            });
            write(tree, "end", out -> {
                out.write(DATA, 0, 3);
                out.skip(5L << 30);
            });
            write(tree, "all", out -> out.skip(1 << 20));
            write(tree, "none", out -> out.skip(0));
        }

        assertThat(root.resolve("middle")).hasSize(3 + (5 << 20) + 2);
        assertThat(Files.readAllBytes(root.resolve("middle")))
                .startsWith(1, 2, 3, 0)
                .endsWith(0, 2, 3);
        assertThat(root.resolve("end")).hasSize(3 + (5L << 30));
        assertThat(root.resolve("all")).hasBinaryContent(new byte[1 << 20]);
        assertThat(root.resolve("none")).isEmptyFile();
        assertThat(Files.getFileStore(root).getUsableSpace()).isPositive();
        assertThat(blocks("middle") + blocks("end") + blocks("all")).isLessThan(200);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void what_is_made_is_made_anew(Opening way) throws IOException {
        try (Tree tree = way.open(root)) {
            Files.createSymbolicLink(root.resolve("link"), Path.of("target"));
            Files.createDirectory(root.resolve("dir"));
            write(tree, "file", out -> {});
            for (String taken : List.of("link", "dir", "file")) {
                assertThatThrownBy(() -> tree.makeFile(taken)).isInstanceOf(FileAlreadyExistsException.class);
                assertThatThrownBy(() -> tree.makeDirectory(taken)).isInstanceOf(FileAlreadyExistsException.class);
                assertThatThrownBy(() -> tree.makeSymlink(taken, "x")).isInstanceOf(FileAlreadyExistsException.class);
                assertThatThrownBy(() -> tree.makeHardLink(taken, "file"))
                        .isInstanceOf(FileAlreadyExistsException.class);
            }
        }
        assertThat(root.resolve("target")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void links_are_looked_at_and_named_but_not_followed(Opening way) throws IOException {
        Files.createSymbolicLink(root.resolve("link"), Path.of("/nowhere"));
        try (Tree tree = way.open(root)) {
            assertThat(tree.stat("link"))
                    .isNotNull()
                    .extracting(Tree.Node::type)
                    .isEqualTo(NodeType.SYMLINK);
            assertThat(tree.readLink("link")).isEqualTo("/nowhere");
            tree.makeHardLink("same", "link");
            assertThat(tree.readLink("same")).isEqualTo("/nowhere");
            try (Handle handle = tree.open("link", NodeType.SYMLINK)) {
                assertThat(handle.setTime(1_000_000_000, 0)).isTrue();
            }
            assertThat(tree.stat("link").mtimeSeconds()).isEqualTo(1_000_000_000);
            tree.remove("link", false);
        }
        assertThat(root).isDirectoryContaining("glob:**/same").isDirectoryNotContaining("glob:**/link");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void directories_are_listed_with_all_their_names(Opening way) throws IOException {
        List<String> names = new ArrayList<>();
        try (Tree tree = way.open(root)) {
            tree.makeDirectory("d");
            for (int i = 0; i < 3000; i++) {
                names.add("name-" + i);
                write(tree, "d/name-" + i, out -> {});
            }
            String foreign = "d/\udcff ä\n";
            write(tree, foreign, out -> {});
            names.add(foreign.substring(2));

            assertThat(tree.children("d")).containsExactlyInAnyOrderElementsOf(names);
            assertThat(tree.stat(foreign)).isNotNull();
            assertThat(tree.stat("d/missing")).isNull();
            assertThatThrownBy(() -> tree.remove("d", true)).isInstanceOf(DirectoryNotEmptyException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_directory_that_is_made_again_is_another_one(Opening way) throws IOException {
        try (Tree tree = way.open(root)) {
            tree.makeDirectory("d");
            write(tree, "d/a", out -> {});
            tree.remove("d/a", false);
            tree.remove("d", true);
            tree.makeDirectory("d");
            write(tree, "d/b", out -> {});
        }
        assertThat(root.resolve("d/b")).exists();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void deep_trees_are_removed_whatever_their_modes_are(Opening way) throws IOException {
        try (Tree tree = way.open(root)) {
            StringBuilder path = new StringBuilder("d");
            tree.makeDirectory("d");
            for (int i = 0; i < 300; i++) {
                path.append("/d");
                tree.makeDirectory(path.toString());
            }
            try (Handle handle = tree.open("d/d", NodeType.DIRECTORY)) {
                handle.setMode(0);
            }
            List<String> gone = new ArrayList<>();
            new Removal(tree, (removed, type) -> gone.add(removed)).remove("d", tree.stat("d"));
            assertThat(gone).hasSize(301).first().isEqualTo(path.toString());
        }
        assertThat(root).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_name_that_is_no_element_is_no_place(Opening way) {
        try (Tree tree = way.open(root)) {
            if (tree instanceof PosixTree) {
                for (String path : List.of("..", ".", "d/..", "d/")) {
                    assertThatThrownBy(() -> tree.makeFile(path))
                            .isInstanceOfAny(IllegalArgumentException.class, FileSystemException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void what_another_process_replaced_gets_no_attributes(Opening way) throws IOException {
        try (Tree tree = way.open(root)) {
            if (tree instanceof PosixTree) {
                write(tree, "file", out -> {});
                assertThatThrownBy(() -> tree.open("file", NodeType.SYMLINK))
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageContaining("Another process replaced it");
                assertThatThrownBy(() -> tree.open("file", NodeType.DIRECTORY)).isInstanceOf(FileSystemException.class);
            }
        }
    }

    private interface Writing {
        void to(Tree.Output out) throws IOException;
    }

    private static void write(Tree tree, String path, Writing writing) throws IOException {
        try (Tree.Output out = tree.makeFile(path)) {
            writing.to(out);
            out.finish();
        }
    }

    /** What a file takes on the disk, in KiB. */
    private long blocks(String name) throws IOException {
        Process du = new ProcessBuilder("du", "-k", root.resolve(name).toString()).start();
        String output = new String(du.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return Long.parseLong(output.substring(0, output.indexOf('\t')));
    }
}
