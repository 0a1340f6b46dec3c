package dev.davit.image.internal.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every way to the file system does alike. */
@Tag("jdk25")
class TreeTest {
    private static final byte[] DATA = {1, 2, 3};
    /** An access list in the form of the kernel: version 2; rwx for the owner, nothing for group and others. */
    private static final byte[] OWNER_ALONE =
            HexFormat.of().parseHex("02000000" + "01000700ffffffff" + "04000000ffffffff" + "20000000ffffffff");

    private final Map<String, String> wanted = new HashMap<>();

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
                assertThatThrownBy(() -> tree.makeFile(taken, Owners.UNMAPPED, Owners.UNMAPPED, 0600))
                        .isInstanceOf(FileAlreadyExistsException.class);
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
                    assertThatThrownBy(() -> tree.makeFile(path, Owners.UNMAPPED, Owners.UNMAPPED, 0600))
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

    @ParameterizedTest
    @MethodSource("ways")
    void what_new_files_have_from_the_start_is_never_taken_for_more_than_it_is(Opening way) throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"));
        try (Tree tree = way.open(root)) {
            List<String> paths = new ArrayList<>();
            makeDirectory(tree, "set-group", 7, 02755);
            makeDirectory(tree, "group", 7, 0755);
            // the first files of a tree are those from which it learns
            paths.add(make(tree, "set-group/a", 0, 7, 0644));
            paths.add(make(tree, "group/a", 0, 7, 0644));
            for (int mode : new int[] {0644, 0644, 0666, 0666, 0777, 0644, 0400, 06755}) {
                paths.add(make(tree, "f" + paths.size(), 0, 0, mode));
            }
            paths.add(make(tree, "set-group/b", 0, 0, 0644));
            paths.add(make(tree, "group/b", 0, 0, 0644));
            paths.add(make(tree, "other-user", 7, 0, 0640));
            paths.add(make(tree, "other-group", 0, 7, 0640));
            makeDirectory(tree, "list", 0, 0755);
            try (Handle handle = tree.open("list", NodeType.DIRECTORY)) {
                handle.setXattr("system.posix_acl_default", OWNER_ALONE);
            }
            paths.add(make(tree, "list/f", 0, 0, 0644));
            for (String path : paths) {
                assertThat(modeAndOwner(path)).isEqualTo(wanted.get(path));
            }
        }
    }

    private static void makeDirectory(Tree tree, String path, long gid, int mode) throws IOException {
        tree.makeDirectory(path);
        try (Handle handle = tree.open(path, NodeType.DIRECTORY)) {
            assertThat(handle.setOwner(0, gid)).isTrue();
            assertThat(handle.setMode(mode)).isTrue();
        }
    }

    private String make(Tree tree, String path, long uid, long gid, int mode) throws IOException {
        try (Tree.Output out = tree.makeFile(path, uid, gid, mode & 0777)) {
            out.write(DATA, 0, 3);
            out.finish();
            assertThat(out.setOwner(uid, gid)).isTrue();
            assertThat(out.setMode(mode)).isTrue();
        }
        wanted.put(path, Integer.toOctalString(mode) + " " + uid + ":" + gid);
        return path;
    }

    private String modeAndOwner(String path) throws IOException {
        Map<String, Object> a = Files.readAttributes(root.resolve(path), "unix:mode,uid,gid");
        return Integer.toOctalString((int) a.get("mode") & 07777) + " " + a.get("uid") + ":" + a.get("gid");
    }

    private interface Writing {
        void to(Tree.Output out) throws IOException;
    }

    private static void write(Tree tree, String path, Writing writing) throws IOException {
        try (Tree.Output out = tree.makeFile(path, Owners.UNMAPPED, Owners.UNMAPPED, 0600)) {
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
