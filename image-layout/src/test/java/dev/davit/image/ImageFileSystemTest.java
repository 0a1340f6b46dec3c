package dev.davit.image;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.DosFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file system of an image shows, and how it says no. */
@Tag("jdk25")
class ImageFileSystemTest {
    @TempDir
    Path folder;

    @Test
    void shows_all_layers_merged() throws IOException {
        byte[] lower = RawTar.tar()
                .directory("etc")
                .file("etc/kept", "kept")
                .file("etc/changed", "before")
                .file("etc/gone", "gone")
                .file("opaque/hidden", "hidden")
                .bytes();
        byte[] upper = RawTar.tar()
                .file("etc/changed", "after")
                .whiteout("etc/gone")
                .opaque("opaque")
                .file("opaque/seen", "seen")
                .bytes();

        try (FileSystem fs = ImageFileSystem.open(TestImages.of(List.of(lower, upper)))) {
            assertThat(walk(fs.getPath("/")))
                    .containsExactly("/", "/etc", "/etc/changed", "/etc/kept", "/opaque", "/opaque/seen");
            assertThat(walk(fs.getPath("")))
                    .containsExactly("", "etc", "etc/changed", "etc/kept", "opaque", "opaque/seen");
            assertThat(Files.readString(fs.getPath("/etc/changed"))).isEqualTo("after");
            assertThat(Files.readString(fs.getPath("etc", "kept"))).isEqualTo("kept");
            assertThatThrownBy(() -> Files.readString(fs.getPath("/etc/gone"))).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void links_lead_nowhere_but_into_the_image() throws IOException {
        try (FileSystem fs = open(RawTar.tar()
                .directory("usr/lib/real")
                .file("usr/lib/real/f", "content")
                .symlink("lib", "usr/lib")
                .symlink("absolute", "/usr/lib/real/f")
                .symlink("up", "../../../usr/../lib/real/f")
                .symlink("usr/relative", "lib/./real/")
                .symlink("chain", "lib/real/../../relative/f")
                .symlink("host", "/etc/passwd")
                .symlink("dangling", "nothing")
                .symlink("slash", "usr/lib/real/f/")
                .symlink("a", "b")
                .symlink("b", "a"))) {
            for (String path : List.of("/lib/real/f", "/absolute", "/up", "/usr/relative/f", "/chain", "/../../up")) {
                assertThat(Files.readString(fs.getPath(path))).as(path).isEqualTo("content");
                assertThat(fs.getPath(path).toRealPath()).as(path).hasToString("/usr/lib/real/f");
            }
            assertThat(fs.getPath("lib/real").toRealPath(NOFOLLOW_LINKS)).hasToString("/usr/lib/real");
            assertThat(fs.getPath("/lib").toRealPath(NOFOLLOW_LINKS)).hasToString("/lib");
            assertThat(Files.readSymbolicLink(fs.getPath("/up"))).hasToString("../../../usr/../lib/real/f");
            assertThat(Files.exists(fs.getPath("/host"))).isFalse();
            assertThat(Files.exists(fs.getPath("/dangling"))).isFalse();
            assertThat(Files.isSymbolicLink(fs.getPath("/dangling"))).isTrue();
            assertThat(Files.isDirectory(fs.getPath("/lib"))).isTrue();
            assertThat(Files.isDirectory(fs.getPath("/lib"), NOFOLLOW_LINKS)).isFalse();
            assertThatThrownBy(() -> Files.readString(fs.getPath("/a"))).isInstanceOf(FileSystemLoopException.class);
            assertThatThrownBy(() -> Files.readString(fs.getPath("/slash"))).isInstanceOf(NotDirectoryException.class);
            assertThatThrownBy(() -> Files.readString(fs.getPath("/usr/lib/real/f/x")))
                    .isInstanceOf(NotDirectoryException.class);
            assertThatThrownBy(() -> Files.readSymbolicLink(fs.getPath("/usr"))).isInstanceOf(NotLinkException.class);
        }
    }

    @Test
    void tells_every_attribute() throws IOException {
        RawTar tar = RawTar.tar()
                .pax(
                        "mtime", "-1.5",
                        "uid", "70000",
                        "gid", "80000",
                        "SCHILY.xattr.user.note", "hello",
                        "SCHILY.xattr.security.capability", "cap")
                .file("f", "content", 06751)
                .hardLink("g", "f")
                .directory("d", 01777)
                .symlink("l", "äö")
                .device('3', "null", 1, 3)
                .device('4', "disk", 259, 300)
                .fifo("pipe");
        try (FileSystem fs = open(tar)) {
            Path f = fs.getPath("/f");
            PosixFileAttributes posix = Files.readAttributes(f, PosixFileAttributes.class);
            assertThat(posix.lastModifiedTime()).isEqualTo(FileTime.from(Instant.ofEpochSecond(-2, 500_000_000)));
            assertThat(posix.size()).isEqualTo(7);
            assertThat(PosixFilePermissions.toString(posix.permissions())).isEqualTo("rwxr-x--x");
            assertThat(posix.owner().getName()).isEqualTo("70000");
            assertThat(posix.group())
                    .isEqualTo(fs.getUserPrincipalLookupService().lookupPrincipalByGroupName("80000"));
            assertThat(Files.getAttribute(f, "unix:mode")).isEqualTo(0106751);
            assertThat(Files.getAttribute(f, "unix:nlink")).isEqualTo(2);
            assertThat(Files.readAttributes(f, "unix:uid,gid,size"))
                    .isEqualTo(Map.of("uid", 70000, "gid", 80000, "size", 7L));
            assertThat(Files.getAttribute(f, "unix:ino")).isEqualTo(Files.getAttribute(fs.getPath("g"), "unix:ino"));
            assertThat(Files.isSameFile(f, fs.getPath("g"))).isTrue();
            assertThat(Files.isSameFile(f, fs.getPath("d"))).isFalse();
            assertThat(Files.readAttributes(fs.getPath("d"), "*")).containsKeys("isDirectory", "size", "fileKey");
            assertThat(Files.getAttribute(fs.getPath("d"), "unix:mode")).isEqualTo(0041777);
            assertThat(Files.size(fs.getPath("l").toAbsolutePath().getRoot())).isZero();
            assertThat(Files.readAttributes(fs.getPath("l"), BasicFileAttributes.class, NOFOLLOW_LINKS)
                            .size())
                    .isEqualTo(4);
            assertThat(Files.getAttribute(fs.getPath("null"), "unix:rdev")).isEqualTo(0x103L);
            assertThat(Files.getAttribute(fs.getPath("disk"), "unix:rdev")).isEqualTo(0x11032cL);
            assertThat((int) Files.getAttribute(fs.getPath("disk"), "unix:mode") & 0170000)
                    .isEqualTo(0060000);
            assertThat(Files.readAttributes(fs.getPath("pipe"), BasicFileAttributes.class)
                            .isOther())
                    .isTrue();
            assertThat(Files.getOwner(f).getName()).isEqualTo("70000");
            assertThat(ImageFileSystem.entry(f).xattrs()).containsOnlyKeys("user.note", "security.capability");
            assertThat(ImageFileSystem.entry(fs.getPath("null")).toString())
                    .startsWith("crw-r--r-- 0/0")
                    .contains("1,3");
        }
    }

    @Test
    void shows_the_extended_attributes_of_users_as_java_does() throws IOException {
        try (FileSystem fs = open(RawTar.tar()
                .pax("SCHILY.xattr.user.note", "hello", "SCHILY.xattr.security.capability", "cap")
                .file("f", ""))) {
            Path f = fs.getPath("/f");
            UserDefinedFileAttributeView view = Files.getFileAttributeView(f, UserDefinedFileAttributeView.class);
            assertThat(view.list()).containsExactly("note");
            ByteBuffer value = ByteBuffer.allocate(view.size("note"));
            assertThat(view.read("note", value)).isEqualTo(5);
            assertThat(value.array()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
            assertThat((byte[]) Files.getAttribute(f, "user:note")).asString().isEqualTo("hello");
            assertThatThrownBy(() -> view.size("other")).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> view.read("note", ByteBuffer.allocate(4)))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("expected room for 5 bytes, got 4");
        }
    }

    @Test
    void attributes_that_no_image_has_are_refused() throws IOException {
        try (FileSystem fs = open(RawTar.tar().file("f", ""))) {
            Path f = fs.getPath("/f");
            assertThatThrownBy(() -> Files.readAttributes(f, DosFileAttributes.class))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> Files.readAttributes(f, "dos:*"))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> Files.readAttributes(f, "posix:colour"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("colour");
            assertThatThrownBy(() -> Files.readAttributes(fs.getPath("/none"), "*"))
                    .isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void nothing_can_be_changed() throws IOException {
        try (FileSystem fs = open(RawTar.tar().file("f", "x"))) {
            Path f = fs.getPath("/f");
            Path other = fs.getPath("/other");
            PosixFileAttributeView posix = Files.getFileAttributeView(f, PosixFileAttributeView.class);
            FileOwnerAttributeView owner = Files.getFileAttributeView(f, FileOwnerAttributeView.class);
            UserDefinedFileAttributeView xattrs = Files.getFileAttributeView(f, UserDefinedFileAttributeView.class);
            FileTime now = FileTime.fromMillis(0);
            for (ThrowingCallable change : List.<ThrowingCallable>of(
                    () -> Files.writeString(f, "y"),
                    () -> Files.newOutputStream(other).close(),
                    () -> Files.createFile(other),
                    () -> Files.createDirectory(other),
                    () -> Files.delete(f),
                    () -> Files.move(f, other),
                    () -> Files.copy(f, other),
                    () -> Files.setLastModifiedTime(f, now),
                    () -> Files.setAttribute(f, "unix:mode", 0),
                    () -> Files.setPosixFilePermissions(
                            f, posix.readAttributes().permissions()),
                    () -> posix.setTimes(now, now, now),
                    () -> posix.setGroup(posix.readAttributes().group()),
                    () -> owner.setOwner(owner.getOwner()),
                    () -> xattrs.write("a", ByteBuffer.allocate(1)),
                    () -> xattrs.delete("a"))) {
                assertThatThrownBy(change).isInstanceOf(ReadOnlyFileSystemException.class);
            }
            assertThat(fs.isReadOnly()).isTrue();
            assertThat(Files.getFileStore(f).isReadOnly()).isTrue();
            assertThat(Files.isWritable(f)).isFalse();
            assertThat(Files.readString(f)).isEqualTo("x");
        }
    }

    @Test
    void only_files_have_content_and_only_directories_children() throws IOException {
        try (FileSystem fs =
                open(RawTar.tar().directory("d").device('3', "null", 1, 3).file("f", ""))) {
            assertThatThrownBy(() -> Files.readString(fs.getPath("/d")))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("expected a file, got a directory");
            assertThatThrownBy(() -> Files.readString(fs.getPath("/null"))).hasMessageContaining("character device");
            assertThatThrownBy(() -> Files.newDirectoryStream(fs.getPath("/f")))
                    .isInstanceOf(NotDirectoryException.class);
        }
    }

    @Test
    void everybody_may_read_and_execute_what_is_executable() throws IOException {
        try (FileSystem fs = open(RawTar.tar().file("secret", "x", 0).file("tool", "", 0100))) {
            assertThat(Files.isReadable(fs.getPath("/secret"))).isTrue();
            assertThat(Files.readString(fs.getPath("/secret"))).isEqualTo("x");
            assertThat(Files.isExecutable(fs.getPath("/secret"))).isFalse();
            assertThat(Files.isExecutable(fs.getPath("/tool"))).isTrue();
            assertThatThrownBy(() -> fs.provider().checkAccess(fs.getPath("/tool"), java.nio.file.AccessMode.WRITE))
                    .isInstanceOf(AccessDeniedException.class);
        }
    }

    @Test
    void names_that_are_not_utf8_are_found_again() throws IOException {
        byte[] name = {'a', (byte) 0xff, 'b'};
        RawTar tar = RawTar.tar().entry('0', "x", "", new byte[] {1}, header -> {
            header[0] = name[0];
            header[1] = name[1];
            header[2] = name[2];
        });
        try (FileSystem fs = open(tar)) {
            Path found = fs.getPath("/a\udcffb");
            assertThat(Files.readAllBytes(found)).containsExactly(1);
            assertThat(found.toUri().toString()).endsWith("!/a%FFb");
        }
    }

    @Test
    void directories_are_listed_sorted_once_and_filtered() throws IOException {
        try (FileSystem fs = open(RawTar.tar().file("b", "").file("a.x", "").file("c.x", ""))) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(fs.getPath("/"), "*.x")) {
                assertThat(children).map(Path::toString).containsExactly("/a.x", "/c.x");
                assertThatThrownBy(children::iterator).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void files_can_be_copied_out_with_their_attributes() throws IOException {
        try (FileSystem fs = open(RawTar.tar().pax("mtime", "1000.5").file("f", "content", 0640))) {
            Path copy = folder.resolve("copy");
            Files.copy(fs.getPath("/f"), copy, StandardCopyOption.COPY_ATTRIBUTES);
            assertThat(copy).hasContent("content");
            assertThat(Files.getLastModifiedTime(copy)).isEqualTo(FileTime.fromMillis(1_000_500));
        }
    }

    @Test
    void a_closed_file_system_says_so() throws IOException {
        FileSystem fs = open(RawTar.tar().file("f", "content"));
        Path f = fs.getPath("/f");
        InputStream in = Files.newInputStream(f);
        SeekableByteChannel channel = Files.newByteChannel(f);
        assertThat(in.read()).isEqualTo('c');

        fs.close();
        fs.close();

        assertThat(fs.isOpen()).isFalse();
        assertThatThrownBy(in::read).isInstanceOf(ClosedFileSystemException.class);
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedFileSystemException.class);
        assertThatThrownBy(() -> Files.exists(f)).isInstanceOf(ClosedFileSystemException.class);
        assertThatThrownBy(() -> Files.list(fs.getPath("/"))).isInstanceOf(ClosedFileSystemException.class);
        in.close();
        channel.close();
    }

    @Test
    void paths_of_others_are_refused() throws IOException {
        RawTar tar = RawTar.tar().file("f", "");
        try (FileSystem fs = open(tar);
                FileSystem other = open(tar)) {
            assertThatThrownBy(() -> fs.getPath("/f").resolve(other.getPath("f")))
                    .isInstanceOf(ProviderMismatchException.class);
            assertThatThrownBy(() -> fs.provider().checkAccess(folder)).isInstanceOf(ProviderMismatchException.class);
            assertThatThrownBy(() -> ImageFileSystem.entry(folder)).isInstanceOf(ProviderMismatchException.class);
            assertThat(fs.getPath("/f")).isNotEqualTo(other.getPath("/f"));
            assertThat(Files.isSameFile(fs.getPath("/f"), other.getPath("/f"))).isFalse();
        }
    }

    @Test
    void an_image_without_layers_is_an_empty_root() throws IOException {
        try (FileSystem fs = ImageFileSystem.open(TestImages.of(List.of()))) {
            assertThat(walk(fs.getPath("/"))).containsExactly("/");
        }
    }

    private static FileSystem open(RawTar layer) throws IOException {
        Image image = TestImages.of(List.of(layer.bytes()));
        return ImageFileSystem.open(image);
    }

    private static List<String> walk(Path start) throws IOException {
        try (Stream<Path> all = Files.walk(start)) {
            return all.map(Path::toString).toList();
        }
    }
}
