package dev.davit.it;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The real parts that a test talks to: programs, a containerd of a certain version, the rights of root. A test asks for
 * what it needs in its first line; where a part is missing, the test is skipped with one line that says why and how to
 * get it. With {@code DAVIT_REQUIRE_ALL=1} in the environment, as on the build server, it fails instead.
 */
public final class Parts {
    private static final boolean REQUIRE_ALL = "1".equals(System.getenv("DAVIT_REQUIRE_ALL"));

    private Parts() {}

    /**
     * Skips the calling test unless all these programs are installed.
     *
     * @param programs names to be looked up on the PATH
     */
    public static void require(String... programs) {
        for (String program : programs) {
            program(program);
        }
    }

    /**
     * Where a program is; skips the calling test if it is not installed.
     *
     * @param name a name to be looked up on the PATH, or in the folders that only root has there
     * @return its absolute path
     */
    public static Path program(String name) {
        return find(name)
                .orElseThrow(() -> missing(name + " is not installed: bin/verify installs it as root on Debian"));
    }

    /** Skips the calling test unless it runs as root. */
    public static void requireRoot() {
        if (!isRoot()) {
            throw missing("this test needs the rights of root");
        }
    }

    /** {@return whether the tests run as root} */
    public static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * The programs of one version of containerd; skips the calling test if they, the rights of root, runc or the CNI
     * plugins are missing. Looks at the environment variable {@code DAVIT_CONTAINERD_1_7} (for 1.7), then where
     * {@code bin/fetch-containerd} puts it, then on the PATH.
     *
     * @param version major and minor number, as in 1.7
     * @return the folder that holds {@code containerd}, {@code ctr} and {@code containerd-shim-runc-v2}
     */
    public static Path containerd(String version) {
        requireRoot();
        require("runc");
        if (!Files.isExecutable(Path.of("/usr/lib/cni/bridge"))) {
            throw missing("the CNI plugins are not in /usr/lib/cni: bin/verify installs them as root on Debian");
        }
        Path bin = containerdFolder(version);
        if (!Files.isExecutable(bin.resolve("containerd"))) {
            throw missing("containerd " + version + " is not in " + bin + ": bin/fetch-containerd fetches it");
        }
        String found = output(bin.resolve("containerd").toString(), "--version");
        if (!found.matches("(?s)\\S+ \\S+ v?" + version.replace(".", "\\.") + "\\D.*")) {
            throw missing("containerd " + version + " is needed, but in " + bin + " is " + found.strip());
        }
        return bin;
    }

    /**
     * A Debian package as a file; skips the calling test if {@code bin/fetch-packages} has not put it into Davit's cache.
     *
     * @param name its name
     * @return the file
     */
    public static Path debianPackage(String name) {
        Path folder = cache().resolve("packages");
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, name + "_*.deb")) {
            for (Path file : found) {
                return file;
            }
        } catch (NoSuchFileException e) {
            // the same as a folder without it
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw missing("the package " + name + " is not in " + folder + ": bin/verify fetches it on Debian");
    }

    /**
     * Skips the calling test, or fails it if everything is required.
     *
     * @param reason what is missing and how to get it, in one line
     * @return never; for {@code throw}
     */
    public static IllegalStateException missing(String reason) {
        if (REQUIRE_ALL) {
            fail(reason + " (required by DAVIT_REQUIRE_ALL)");
        }
        abort(reason);
        return new IllegalStateException(reason);
    }

    private static Path containerdFolder(String version) {
        String given = System.getenv("DAVIT_CONTAINERD_" + version.replace('.', '_'));
        if (given != null && !given.isEmpty()) {
            return Path.of(given);
        }
        Path fetched = cache().resolve("containerd-" + version);
        if (Files.isDirectory(fetched)) {
            return fetched;
        }
        return find("containerd").map(Path::getParent).orElse(fetched);
    }

    private static Path cache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path home =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return home.resolve("davit");
    }

    private static Optional<Path> find(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/local/sbin:/usr/sbin:/sbin";
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(10, TimeUnit.SECONDS);
            return text;
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for a version", e);
        }
    }
}
