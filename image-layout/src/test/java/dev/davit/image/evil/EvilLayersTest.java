package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.davit.image.ImageFileSystem;
import dev.davit.image.TestImages;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.image.internal.unpack.Trees;
import dev.davit.oci.DavitException;
import dev.davit.oci.image.Image;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unpacks the collection of hostile images, and looks each time at what lies outside the folder. */
@Tag("jdk25")
class EvilLayersTest {
    private static final int NOBODY = 65534;

    @TempDir
    Path folder;

    static Stream<Evil> images() {
        return EvilRun.images();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void nothing_gets_out_through_java(Evil evil) throws IOException {
        new EvilRun(folder, true).nothingGetsOut(evil);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    @Tag("jdk22")
    void nothing_gets_out_through_system_calls(Evil evil) throws IOException {
        assumeTrue(Trees.canCallSystem(), "before JDK 22 Java makes no system calls");
        new EvilRun(folder, false).nothingGetsOut(evil);
    }

    /** Whoever opens an image sets no limits, there is no disk with limits of its own, and nothing beside the root. */
    static Stream<Evil> unlimited() {
        return EvilRun.images()
                .filter(evil -> !evil.refusal().contains("limit on")
                        && !evil.name().endsWith("element of 300 bytes")
                        && !evil.name().contains("sibling"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unlimited")
    void an_image_that_is_opened_shows_what_unpacking_makes_or_is_refused_likewise(Evil evil) throws IOException {
        Image image = TestImages.of(evil.layers().apply(Path.of("/outside")));
        if (evil.isRefused()) {
            assertThatThrownBy(() -> ImageFileSystem.open(image))
                    .isInstanceOf(DavitException.class)
                    .hasMessageContaining(evil.refusal());
            return;
        }
        UnpackReport report = Unpacker.into(folder.resolve("root")).javaOnly().unpack(image);
        try (FileSystem fs = ImageFileSystem.open(image)) {
            evil.check().look(fs.getPath("/"), report);
        }
    }

    @Test
    void nothing_gets_out_when_an_ordinary_user_unpacks() throws IOException, InterruptedException {
        assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "the other tests run as an ordinary user");
        Path classes = Files.createDirectory(folder.resolve("classes"));
        Path work = Files.createDirectory(folder.resolve("work"));
        Files.setAttribute(work, "unix:uid", NOBODY);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                readableClassPath(classes)));
        if (Trees.canCallSystem()) {
            command.add(5, "--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(EvilRun.class.getName(), work.toString()));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            assertThat(Files.readString(output)).contains("survived " + images().count());
        } finally {
            process.destroyForcibly();
            // faster than the test framework would
            new ProcessBuilder("rm", "-rf", work.toString()).inheritIO().start().waitFor();
        }
    }

    /** The class path of this JVM may lie in the home of root. */
    private static String readableClassPath(Path target) throws IOException {
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            if (entry.isEmpty() || !Files.exists(from)) {
                continue;
            }
            Path to = target.resolve(copies.size() + "-" + from.getFileName());
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            copies.add(to.toString());
        }
        return String.join(File.pathSeparator, copies);
    }

    @Test
    void every_case_has_a_name_of_its_own() {
        assertThat(images().map(Evil::name)).doesNotHaveDuplicates().hasSizeGreaterThan(120);
    }
}
