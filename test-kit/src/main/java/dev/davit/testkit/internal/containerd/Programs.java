package dev.davit.testkit.internal.containerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The programs that it takes to run a containerd, as they are installed here.
 *
 * @param containerd the daemon; {@code ctr} and the shim are beside it or on the PATH
 * @param ctr its command line
 * @param shim the program between the daemon and each pod
 * @param runc what makes containers
 * @param cni folder of the CNI plugins
 * @param ip a program that understands the arguments of {@code ip}
 */
public record Programs(Path containerd, Path ctr, Path shim, Path runc, Path cni, List<String> ip) {
    private static final List<Path> CNI_FOLDERS =
            List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"), Path.of("/usr/libexec/cni"));
    private static final List<String> CNI_PLUGINS = List.of("bridge", "host-local", "loopback");

    /** Debian's path has these for root alone, but a build may run with the path of a user. */
    private static final String MORE_FOLDERS = ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final Pattern VERSION = Pattern.compile("\\sv?([0-9]+)\\.([0-9]+)\\.");

    /**
     * Looks for the programs.
     *
     * @param folder where containerd, ctr and the shim are; null means the PATH
     * @return the programs, or nothing if {@link #missing} names any
     */
    public static Optional<Programs> find(@Nullable Path folder) {
        if (!missing(folder).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Programs(
                program("containerd", folder).orElseThrow(),
                program("ctr", folder).orElseThrow(),
                program("containerd-shim-runc-v2", folder).orElseThrow(),
                program("runc", null).orElseThrow(),
                cniFolder().orElseThrow(),
                ipCommand().orElseThrow()));
    }

    /**
     * Says what is missing.
     *
     * @param folder where containerd, ctr and the shim are; null means the PATH
     * @return what is missing and how to get it, a line each; none if everything is here
     */
    public static List<String> missing(@Nullable Path folder) {
        List<String> missing = new ArrayList<>();
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
            return List.of("containerd runs on Linux only");
        }
        if (PauseProgram.forThisMachine().isEmpty()) {
            missing.add("there is no pause program for the processor architecture " + System.getProperty("os.arch"));
        }
        if (!isRoot()) {
            missing.add("containerd takes the rights of root");
        }
        for (String name : List.of("containerd", "ctr", "containerd-shim-runc-v2")) {
            if (program(name, folder).isEmpty()) {
                missing.add(
                        folder == null
                                ? name + " is not on the PATH (on Debian: apt-get install containerd)"
                                : name + " is neither in " + folder + " nor on the PATH");
            }
        }
        if (program("runc", null).isEmpty()) {
            missing.add("runc is not on the PATH (on Debian: apt-get install runc)");
        }
        if (cniFolder().isEmpty()) {
            missing.add("the CNI plugins are not in /usr/lib/cni or /opt/cni/bin"
                    + " (on Debian: apt-get install containernetworking-plugins)");
        }
        if (ipCommand().isEmpty()) {
            missing.add("ip is not on the PATH (on Debian: apt-get install iproute2)");
        }
        return missing;
    }

    /** {@return the major version of the daemon times 100 plus its minor version: 107 for 1.7} */
    public int version() {
        String answer = Command.of(containerd.toString(), "--version").output();
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            throw new IllegalStateException("cannot read the version of " + containerd + " from: " + answer.strip());
        }
        return Integer.parseInt(version.group(1)) * 100 + Integer.parseInt(version.group(2));
    }

    /** {@return a PATH on which the daemon finds its own shim first, and then runc} */
    public String path() {
        return Stream.of(shim, containerd, runc)
                        .map(program -> String.valueOf(program.getParent()))
                        .distinct()
                        .reduce((a, b) -> a + ":" + b)
                        .orElseThrow()
                + ":" + systemPath();
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static Optional<Path> cniFolder() {
        return CNI_FOLDERS.stream()
                .filter(folder -> CNI_PLUGINS.stream().allMatch(name -> Files.isExecutable(folder.resolve(name))))
                .findFirst();
    }

    private static Optional<List<String>> ipCommand() {
        return program("ip", null)
                .map(ip -> List.of(ip.toString()))
                .or(() -> program("busybox", null).map(busybox -> List.of(busybox.toString(), "ip")));
    }

    private static Optional<Path> program(String name, @Nullable Path folder) {
        Stream<Path> given = folder == null ? Stream.empty() : Stream.of(folder.toAbsolutePath());
        Stream<Path> path = Stream.of(systemPath().split(":", -1))
                .filter(entry -> entry.startsWith("/"))
                .map(Path::of);
        return Stream.concat(given, path)
                .map(entry -> entry.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String systemPath() {
        String path = System.getenv("PATH");
        return (path == null ? "" : path) + MORE_FOLDERS;
    }
}
