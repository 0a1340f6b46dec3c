package dev.davit.it.cri;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.it.Parts;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import java.nio.charset.StandardCharsets;

/** A small image with a shell, built here from the static busybox of this machine. */
public final class Busybox {
    private static final String[] APPLETS = {
        "sh",
        "cat",
        "echo",
        "env",
        "head",
        "hostname",
        "httpd",
        "id",
        "kill",
        "ls",
        "mount",
        "pwd",
        "sleep",
        "test",
        "touch",
        "true",
        "wget",
        "yes"
    };

    private Busybox() {}

    /**
     * Builds the image and pushes it; skips the calling test if there is no busybox.
     *
     * @param reference where to push it
     */
    public static void push(String reference) {
        try (TemporaryStore store = LocalStore.temporary();
                RegistryClient registry = RegistryClient.create()) {
            registry.push(build(store), reference);
        }
    }

    /**
     * Builds the image; skips the calling test if there is no busybox.
     *
     * @param store where its layer goes
     */
    public static Image build(LocalStore store) {
        LayerSpec layer = LayerSpec.named("busybox")
                .file("/bin/busybox", Parts.program("busybox"), 0755)
                .file("/etc/passwd", text("root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n"), 0644)
                .file("/etc/group", text("root:x:0:\nuser:x:1000:\n"), 0644)
                .file("/www/index.html", text("hello, world\n"), 0644)
                .emptyDirectory("/tmp", 01777)
                .emptyDirectory("/proc", 0755)
                .emptyDirectory("/sys", 0755)
                .emptyDirectory("/dev", 0755);
        for (String applet : APPLETS) {
            layer = layer.symlink("/bin/" + applet, "busybox");
        }
        return ImageBuilder.scratch(Platform.host())
                .layer(layer)
                .config(config -> config.entrypoint("/bin/sh", "-c")
                        .cmd("echo hello, world")
                        .env("PATH", "/bin")
                        .env("FROM_IMAGE", "yes"))
                .build(store);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
