package dev.davit.cri.internal;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the CRI server of this machine, as {@code crictl} does: environment variables come before its configuration file,
 * and that before the sockets at which runtimes listen unless they are told otherwise.
 */
public final class Discovery {
    private static final String CONFIG_FILE = "CRI_CONFIG_FILE";
    private static final String RUNTIME = "CONTAINER_RUNTIME_ENDPOINT";
    private static final String IMAGES = "IMAGE_SERVICE_ENDPOINT";
    private static final String DEFAULT_FILE = "etc/crictl.yaml";
    private static final List<String> DEFAULT_SOCKETS = List.of(
            "run/containerd/containerd.sock",
            "run/crio/crio.sock",
            "run/k3s/containerd/containerd.sock",
            "var/run/cri-dockerd.sock");
    private static final int MAX_FILE = 64 << 10;

    /** All that is needed of YAML: texts by name at the left margin, with or without quotes, and comments. */
    private static final Pattern SETTING = Pattern.compile(
            "([A-Za-z-]+)[ \t]*:(?:[ \t]+(?:\"([^\"]*)\"|'([^']*)'|([^\"'#\\s][^#]*?)))?[ \t]*(?:#.*)?");

    private final UnaryOperator<@Nullable String> environment;
    private final Path root;

    /**
     * A place to look in.
     *
     * @param environment gives the value of a variable, or null
     * @param root the root of the file system
     */
    public Discovery(UnaryOperator<@Nullable String> environment, Path root) {
        this.environment = environment;
        this.root = root;
    }

    /** {@return the name of the user that this process runs as} */
    public static String user() {
        return System.getProperty("user.name", "");
    }

    /** {@return what looks on this machine} */
    public static Discovery ofThisMachine() {
        return new Discovery(System::getenv, Path.of("/"));
    }

    /**
     * What was found.
     *
     * @param runtime where pods and containers are
     * @param images where images are; mostly the same
     */
    public record Found(Endpoint runtime, Endpoint images) {}

    /**
     * Looks for a server.
     *
     * @return where it is, or should be
     * @throws NotFoundException if nothing says where one is, and no runtime listens where they use to
     * @throws MalformedContentException if a variable or the file has something else than an endpoint
     * @throws StorageException if the file cannot be read
     */
    public Found find() {
        Map<String, String> file = readFile();
        Endpoint runtime = said(RUNTIME, "runtime-endpoint", file);
        Endpoint images = said(IMAGES, "image-endpoint", file);
        if (runtime == null) {
            runtime = usual();
        }
        return new Found(runtime, images == null ? runtime : images);
    }

    private @Nullable Endpoint said(String variable, String setting, Map<String, String> file) {
        String value = Text.nonEmpty(environment.apply(variable));
        String where = "environment variable " + variable;
        if (value == null) {
            value = Text.nonEmpty(file.get(setting));
            where = setting + " in " + configFile();
        }
        try {
            return value == null ? null : Endpoint.parse(value);
        } catch (IllegalArgumentException e) {
            throw new MalformedContentException(where + ": " + e.getMessage(), e);
        }
    }

    private Endpoint usual() {
        List<Path> there = DEFAULT_SOCKETS.stream()
                .map(root::resolve)
                .filter(Files::exists)
                .toList();
        return there.stream()
                .map(Path::toString)
                .map(Endpoint::parse)
                .filter(Endpoint::listens)
                .findFirst()
                // The first one that does not answer can still say why.
                .or(() ->
                        there.stream().map(Path::toString).map(Endpoint::parse).findFirst())
                .orElseThrow(() -> new NotFoundException("no CRI server found: neither " + RUNTIME + " nor "
                        + configFile() + " says where one is, and there is no socket at "
                        + DEFAULT_SOCKETS.stream().map(root::resolve).toList()));
    }

    private Path configFile() {
        String other = Text.nonEmpty(environment.apply(CONFIG_FILE));
        return other == null ? root.resolve(DEFAULT_FILE) : Path.of(other);
    }

    private Map<String, String> readFile() {
        Path file = configFile();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE + 1);
            if (bytes.length > MAX_FILE) {
                throw new StorageException("read", file, "it is larger than 64 KiB", null);
            }
            return settings(file, new String(bytes, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            if (Text.nonEmpty(environment.apply(CONFIG_FILE)) == null) {
                return Map.of();
            }
            throw new StorageException("read", file, e);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    private static Map<String, String> settings(Path file, String text) {
        Map<String, String> settings = new HashMap<>();
        for (String line : text.lines().toList()) {
            Matcher setting = SETTING.matcher(line.stripTrailing());
            if (setting.matches()) {
                for (int group = 2; group <= 4; group++) {
                    if (setting.group(group) != null) {
                        settings.put(setting.group(1), setting.group(group));
                    }
                }
            } else if (!line.isBlank() && !line.stripLeading().startsWith("#") && line.contains("endpoint")) {
                throw new MalformedContentException(
                        file + ": expected lines such as runtime-endpoint: unix:///path, got " + Text.quote(line));
            }
        }
        return settings;
    }
}
