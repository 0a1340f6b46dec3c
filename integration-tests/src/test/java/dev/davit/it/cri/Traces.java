package dev.davit.it.cri;

import dev.davit.cri.RunningPod;
import dev.davit.testkit.ContainerdInstance;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What an instance of containerd leaves on a machine while it runs: processes, mounts, control groups, links, files. */
final class Traces {
    private final Path folder;
    private final List<String> subnets = new ArrayList<>();
    private final List<String> pods = new ArrayList<>();

    private Traces(Path folder) {
        this.folder = folder;
    }

    static Traces of(ContainerdInstance node) {
        return of(node.endpoint());
    }

    static Traces of(String endpoint) {
        return new Traces(Path.of(endpoint.substring("unix://".length())).getParent());
    }

    void addNetworkOf(RunningPod pod) {
        subnets.add(pod.ip().substring(0, pod.ip().lastIndexOf('.') + 1));
        pods.add(pod.id());
    }

    boolean belongsTo(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .contains(folder.toString());
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return everything that is there, in words} */
    List<String> find() throws IOException {
        String name = folder.getFileName().toString();
        List<String> found = new ArrayList<>();
        ProcessHandle.allProcesses()
                .filter(process -> belongsTo(process.pid()))
                .forEach(process -> found.add("process " + process.pid()));
        Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.contains(name))
                .forEach(line -> found.add("mount " + line));
        Stream.concat(
                        Stream.of(folder, Path.of("/sys/fs/cgroup", name)),
                        list("/sys/fs/cgroup").map(hierarchy -> hierarchy.resolve(name)))
                .filter(Files::exists)
                .forEach(path -> found.add("file " + path));
        list("/var/lib/cni/results")
                .filter(result -> Stream.concat(Stream.of(name), pods.stream())
                        .anyMatch(result.getFileName().toString()::contains))
                .forEach(result -> found.add("file " + result));
        // The name of a shim's socket says nothing, but each open one belongs to somebody.
        String open = Files.readString(Path.of("/proc/net/unix"));
        list("/run/containerd/s")
                .filter(socket -> !open.contains(socket.toString()))
                .forEach(socket -> found.add("dead socket " + socket));
        NetworkInterface.networkInterfaces()
                .filter(link -> link.inetAddresses()
                        .anyMatch(address -> subnets.stream().anyMatch(address.getHostAddress()::startsWith)))
                .forEach(link -> found.add("link " + link.getName()));
        return found;
    }

    private static Stream<Path> list(String directory) throws IOException {
        Path path = Path.of(directory);
        if (!Files.isDirectory(path)) {
            return Stream.empty();
        }
        try (Stream<Path> all = Files.list(path)) {
            return all.toList().stream();
        }
    }
}
