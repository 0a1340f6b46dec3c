package dev.davit.testkit.internal.containerd;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The folder of an instance, in which is all that it knows and writes. Its name is unique and is in the command line of
 * each process of the instance; so whoever finds the folder can find, and remove, everything that belongs to it.
 *
 * @param path absolute, and short enough for a socket in it
 */
public record InstanceFolder(Path path) {
    static final String PREFIX = "davit-ctd-";

    /** A unix socket has room for 107 bytes; containerd makes a second one with a longer name. */
    private static final int LONGEST = 70;

    /** The 22nd field, counted from the third one. */
    private static final int START_TIME = 19;

    private static final String BRIDGE = "bridge";
    private static final String OWNER = "owner";
    private static final String NAMESPACE = "namespace";

    /** {@return a new folder among the temporary files} */
    static InstanceFolder create() {
        Path temporary = temporary();
        try {
            Path path = Files.createTempDirectory(temporary, PREFIX);
            InstanceFolder folder = new InstanceFolder(path);
            for (Path inner : List.of(
                    folder.cni(), folder.hosts(), folder.ipam(), folder.opt(), folder.runc(), folder.podLogs())) {
                Files.createDirectory(inner);
            }
            return folder;
        } catch (IOException e) {
            throw new StorageException("create", temporary.resolve(PREFIX + "*"), e);
        }
    }

    static Path temporary() {
        Path usual = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
        return usual.toString().length() <= LONGEST - 2 * PREFIX.length() - 10 ? usual : Path.of("/tmp");
    }

    /** {@return the unique name: of the folder, of the CNI network and of the control group} */
    String name() {
        return path.getFileName() == null ? "" : path.getFileName().toString();
    }

    Path socket() {
        return path.resolve("containerd.sock");
    }

    Path configuration() {
        return path.resolve("config.toml");
    }

    Path log() {
        return path.resolve("containerd.log");
    }

    Path root() {
        return path.resolve("root");
    }

    Path state() {
        return path.resolve("state");
    }

    Path opt() {
        return path.resolve("opt");
    }

    Path runc() {
        return path.resolve("runc");
    }

    Path cni() {
        return path.resolve("cni");
    }

    Path ipam() {
        return path.resolve("ipam");
    }

    Path hosts() {
        return path.resolve("hosts");
    }

    Path podLogs() {
        return path.resolve("logs");
    }

    /** Writes all configuration files. */
    void configure(Configuration configuration, Map<String, URI> mirrors) {
        write(configuration(), configuration.daemon());
        write(cni().resolve("10-davit.conflist"), configuration.network());
        mirrors.forEach((registry, address) -> {
            Path folder = hosts().resolve(registry);
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new StorageException("create", folder, e);
            }
            write(folder.resolve("hosts.toml"), Configuration.hosts(address));
        });
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new StorageException("write", file, e);
        }
    }

    /** Notes whose folder this is, for those who find it when its owner is gone. */
    void claim() {
        Properties note = new Properties();
        note.setProperty(OWNER, ownerOf(ProcessHandle.current().pid()));
        note.setProperty(NAMESPACE, processNamespace());
        save(note);
    }

    /** Notes which bridge belongs to it. */
    void claim(Bridge bridge) {
        Properties note = note();
        note.setProperty(BRIDGE, bridge.name());
        save(note);
    }

    /** {@return name of the bridge that belongs to it; empty if there is none} */
    String bridge() {
        return note().getProperty(BRIDGE, "");
    }

    /** {@return whether the JVM that made it is known to be gone} */
    boolean isOrphan() {
        Properties note = note();
        String owner = note.getProperty(OWNER);
        // A process number means nothing in another namespace, as in a container that shares our /tmp.
        if (owner == null || !processNamespace().equals(note.getProperty(NAMESPACE))) {
            return false;
        }
        long pid = Long.parseLong(owner.substring(0, owner.indexOf(' ')));
        return !ownerOf(pid).equals(owner);
    }

    /** A process number comes again, but not with the same start time, in ticks since the machine was booted. */
    private static String ownerOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // The second field is the name of the program in parentheses, and may contain anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return pid + " " + fields[START_TIME];
        } catch (IOException e) {
            return pid + " gone";
        }
    }

    private static String processNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private Path noteFile() {
        return path.resolve("davit.properties");
    }

    private Properties note() {
        Properties note = new Properties();
        try (var in = Files.newBufferedReader(noteFile(), StandardCharsets.UTF_8)) {
            note.load(in);
        } catch (IOException e) {
            // Not written yet, or not readable for us: then nothing is known.
        }
        return note;
    }

    private void save(Properties note) {
        try (var out = Files.newBufferedWriter(noteFile(), StandardCharsets.UTF_8)) {
            note.store(out, null);
        } catch (IOException e) {
            throw new StorageException("write", noteFile(), e);
        }
    }
}
