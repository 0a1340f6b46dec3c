package dev.davit.examples.quickstart;

import com.fasterxml.jackson.core.JsonFactory;
import dev.davit.examples.hello.HelloServer;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;

/** The image of {@link HelloServer}: the program, its dependencies, a Java runtime, and nothing else. */
public final class ProgramImage {
    static final int PORT = 8080;

    private ProgramImage() {}

    /**
     * Builds the image. It has four layers, from what changes least to what changes most, so that a new version of the
     * program moves only the last one.
     *
     * @param work a folder for what is needed on the way
     * @param store where the image goes
     * @return the image, which is the same for the same JDK and system libraries
     * @throws IOException if there is no JDK at hand, or a file cannot be read
     * @throws InterruptedException if the thread is interrupted
     */
    public static Image build(Path work, LocalStore store) throws IOException, InterruptedException {
        JavaRuntime runtime = JavaRuntime.link(work.resolve("java"), List.of("java.base", "jdk.httpserver"));
        LayerSpec libraries = LayerSpec.named("shared libraries");
        for (Map.Entry<String, Path> library : runtime.sharedLibraries().entrySet()) {
            libraries = libraries.file(library.getKey(), library.getValue(), 0755);
        }
        LayerSpec dependencies = LayerSpec.named("dependencies");
        for (Path jar : List.of(jarOf(JsonFactory.class), jarOf(CommandLine.class))) {
            dependencies = dependencies.file("/app/lib/" + jar.getFileName(), jar, 0644);
        }
        String program = HelloServer.class.getName().replace('.', '/') + ".class";
        return ImageBuilder.scratch(Platform.host())
                .layer(libraries)
                .layer(LayerSpec.named("java runtime").directory("/opt/java", runtime.home()))
                .layer(dependencies)
                .layer(LayerSpec.named("program").file("/app/classes/" + program, resource(program), 0644))
                .config(c -> c.entrypoint(
                                "/opt/java/bin/java",
                                "-XX:+UseSerialGC",
                                "-cp",
                                "/app/classes:/app/lib/*",
                                HelloServer.class.getName())
                        .cmd("--port", Integer.toString(PORT))
                        .env("LANG", "C.UTF-8")
                        .user("65532:65532")
                        .workingDir("/app")
                        .exposedPorts(List.of(PORT + "/tcp")))
                .build(store);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(HelloServer.class.getResourceAsStream("/" + name))) {
            return in.readAllBytes();
        }
    }

    private static Path jarOf(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
