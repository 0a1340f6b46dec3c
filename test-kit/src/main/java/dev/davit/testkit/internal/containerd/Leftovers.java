package dev.davit.testkit.internal.containerd;

import dev.davit.oci.internal.FolderTree;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Removes everything that belongs to the folder of an instance: processes, mounts, control groups, the bridge, files. What
 * is gone already does no harm. It needs no daemon, and so serves also for instances whose daemon, or whose JVM, was
 * killed; then pods may still run.
 */
final class Leftovers {
    private static final Logger LOGGER = System.getLogger(Leftovers.class.getName());

    private static final Path PROC = Path.of("/proc");
    private static final Path CNI_RESULTS = Path.of("/var/lib/cni/results");
    private static final Pattern SHIM_SOCKET = Pattern.compile("unix://(/run/containerd/s/[0-9a-f]+)");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
    private static final int ATTEMPTS = 100;
    private static final long PAUSE_MILLIS = 50;

    private final InstanceFolder folder;
    private final List<String> ip;
    private final List<String> problems = new ArrayList<>();

    private Leftovers(InstanceFolder folder, List<String> ip) {
        this.folder = folder;
        this.ip = ip;
    }

    private interface Step {
        void run() throws IOException;
    }

    /**
     * Removes everything.
     *
     * @param ip the command that deletes bridges
     * @return what could not be removed, and why; nothing if all is gone
     */
    static List<String> remove(InstanceFolder folder, List<String> ip) {
        Leftovers leftovers = new Leftovers(folder, ip);
        leftovers.attempt(leftovers::endProcesses);
        leftovers.attempt(leftovers::removeShimSockets);
        leftovers.attempt(leftovers::unmount);
        leftovers.attempt(leftovers::removeControlGroups);
        leftovers.attempt(() -> Bridge.delete(leftovers.ip, folder.bridge()));
        leftovers.attempt(leftovers::removeNetworkResults);
        leftovers.attempt(leftovers::removeFolder);
        return leftovers.problems;
    }

    /** Removes what instances have left whose JVM was killed before it could. */
    static void removeOrphans(List<String> ip) {
        try (Stream<Path> all = Files.list(InstanceFolder.temporary())) {
            all.filter(path -> String.valueOf(path.getFileName()).startsWith(InstanceFolder.PREFIX))
                    .map(InstanceFolder::new)
                    .filter(InstanceFolder::isOrphan)
                    .forEach(orphan -> {
                        LOGGER.log(Logger.Level.INFO, "removing {0}, whose owner is gone", orphan.path());
                        remove(orphan, ip)
                                .forEach(problem ->
                                        LOGGER.log(Logger.Level.WARNING, "{0}: {1}", orphan.path(), problem));
                    });
        } catch (IOException e) {
            LOGGER.log(Logger.Level.WARNING, "cannot look for orphans: {0}", e.toString());
        }
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            problems.add(e.toString());
        }
    }

    /** Daemon and shims are recognised by their command lines; what runs in pods descends from the shims. */
    private void endProcesses() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<ProcessHandle> ours = ours();
            if (ours.isEmpty()) {
                return;
            }
            // Descendants first: without their shim they would be nobody's.
            ours.stream().flatMap(ProcessHandle::descendants).forEach(ProcessHandle::destroyForcibly);
            ours.forEach(ProcessHandle::destroyForcibly);
            pause();
        }
        throw new IOException("processes that do not end: "
                + ours().stream().map(ProcessHandle::pid).toList());
    }

    private List<ProcessHandle> ours() {
        String mark = folder.path() + "/";
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> commandLine(process.pid()).contains(mark))
                .filter(process -> commandLine(process.pid()).contains("containerd"))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(PROC.resolve(pid + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** A shim that was killed leaves the file of its socket, whose name is in its folder. */
    private void removeShimSockets() throws IOException {
        for (Path task : tasks()) {
            for (String note : List.of("address", "bootstrap.json")) {
                Path file = task.resolve(note);
                Matcher socket = SHIM_SOCKET.matcher(Files.exists(file) ? Files.readString(file) : "");
                while (socket.find()) {
                    Files.deleteIfExists(Path.of(socket.group(1)));
                }
            }
        }
    }

    /** {@return the folders of the shims, named by the IDs of pods and containers} */
    private List<Path> tasks() throws IOException {
        Path tasks = folder.state().resolve("io.containerd.runtime.v2.task/k8s.io");
        return Files.isDirectory(tasks) ? list(tasks) : List.of();
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    private void unmount() throws IOException {
        for (String point : mountsInFolder()) {
            Command.of("umount", "--lazy", point).output();
        }
    }

    /** {@return the mounts in the folder, in the order in which they can be undone} */
    private List<String> mountsInFolder() throws IOException {
        List<String> points = new ArrayList<>(mountPoints(""));
        points.removeIf(point -> !point.startsWith(folder.path() + "/"));
        Collections.reverse(points);
        return points;
    }

    /** {@return all places with a mounted file system of a type that begins so, in the order of mounting} */
    private static List<String> mountPoints(String type) throws IOException {
        List<String> points = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            int dash = line.indexOf(" - ");
            if (line.startsWith(type, dash + 3)) {
                points.add(OCTAL.matcher(line.split(" ", -1)[4])
                        .replaceAll(code ->
                                Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(code.group(1), 8)))));
            }
        }
        return points;
    }

    private void removeControlGroups() throws IOException {
        for (String hierarchy : mountPoints("cgroup")) {
            Path group = Path.of(hierarchy, folder.name());
            if (Files.isDirectory(group)) {
                removeControlGroup(group);
            }
        }
    }

    /** A control group can be removed when it has neither processes nor groups in it. */
    private static void removeControlGroup(Path group) throws IOException {
        for (Path inner : list(group)) {
            if (Files.isDirectory(inner, LinkOption.NOFOLLOW_LINKS)) {
                removeControlGroup(inner);
            }
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
            try {
                Files.delete(group);
                return;
            } catch (IOException e) {
                pause();
            }
        }
        throw new IOException("cannot remove the control group " + group);
    }

    /** CNI remembers what it did for pods until it is told to undo it. */
    private void removeNetworkResults() throws IOException {
        if (Files.isDirectory(CNI_RESULTS)) {
            List<String> marks = new ArrayList<>(List.of(folder.name() + "-"));
            tasks().forEach(task -> marks.add(String.valueOf(task.getFileName())));
            for (Path result : list(CNI_RESULTS)) {
                if (marks.stream().anyMatch(String.valueOf(result.getFileName())::contains)) {
                    Files.deleteIfExists(result);
                }
            }
        }
        // What several instances and others use is removed by the last one who leaves, and made again by the next.
        for (String shared : List.of(
                "/var/lib/cni/results", "/var/lib/cni/cache", "/var/lib/cni", "/run/containerd/s", "/run/containerd")) {
            try {
                Files.deleteIfExists(Path.of(shared));
            } catch (IOException e) {
                // not empty
            }
        }
    }

    private void removeFolder() throws IOException {
        if (!Files.isDirectory(folder.path(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!mountsInFolder().isEmpty()) {
            throw new IOException("not deleting " + folder.path() + ", in which something is still mounted");
        }
        FolderTree.delete(folder.path());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
