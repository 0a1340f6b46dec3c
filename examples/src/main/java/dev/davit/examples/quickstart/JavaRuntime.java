package dev.davit.examples.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Java runtime that {@code jlink} makes of the JDK at hand, and the shared libraries it needs: all that a Java program
 * wants from a root filesystem.
 */
final class JavaRuntime {
    private static final Pattern LIBRARY = Pattern.compile("^\\s*(?:\\S+ => )?(/\\S+) \\(0x");

    private final Path home;

    private JavaRuntime(Path home) {
        this.home = home;
    }

    /** Links a runtime with some modules into a folder that does not exist yet. */
    static JavaRuntime link(Path folder, List<String> modules) throws IOException, InterruptedException {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        if (!Files.isExecutable(jlink)) {
            throw new IOException("no jlink at " + jlink + ": a JDK is needed, not a JRE (Debian: openjdk-17-jdk)");
        }
        run(List.of(
                jlink.toString(),
                "--add-modules",
                String.join(",", modules),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--output",
                folder.toString()));
        return new JavaRuntime(folder);
    }

    Path home() {
        return home;
    }

    /**
     * The libraries that the programs and libraries of the runtime load from outside of it, the dynamic loader
     * included: the path by which each is looked for, and the file that is there.
     */
    Map<String, Path> sharedLibraries() throws IOException, InterruptedException {
        Map<String, Path> libraries = new TreeMap<>();
        List<Path> binaries;
        try (Stream<Path> files = Files.walk(home)) {
            binaries = files.filter(Files::isRegularFile)
                    .filter(JavaRuntime::isElf)
                    .sorted()
                    .toList();
        }
        for (Path binary : binaries) {
            for (String line : run(List.of("ldd", binary.toString())).split("\n", -1)) {
                Matcher library = LIBRARY.matcher(line);
                if (library.find() && !library.group(1).startsWith(home.toString())) {
                    libraries.put(library.group(1), Path.of(library.group(1)).toRealPath());
                }
            }
        }
        return libraries;
    }

    private static boolean isElf(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(4);
            return magic.length == 4 && magic[0] == 0x7f && magic[1] == 'E' && magic[2] == 'L' && magic[3] == 'F';
        } catch (IOException e) {
            return false;
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output.strip());
        }
        return output;
    }
}
