package dev.davit.testkit.internal.containerd;

import dev.davit.image.ImageArchive;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import java.nio.file.Path;

/** The image of the first container of each pod. It is built here, so that no registry is needed for it. */
final class PauseImage {
    private static final String REPOSITORY = "davit.local/pause";
    private static final String TAG = "1";

    static final String NAME = REPOSITORY + ":" + TAG;

    private PauseImage() {}

    /** Builds the image and hands it to the daemon. */
    static void load(Programs programs, InstanceFolder folder) {
        OciLayout layout = OciLayout.at(folder.path().resolve("pause"));
        Image image = ImageBuilder.scratch(Platform.host())
                .layer(LayerSpec.named("pause")
                        .file("/pause", PauseProgram.forThisMachine().orElseThrow(), 0755))
                .config(config -> config.entrypoint("/pause").user("65535:65535"))
                .build(layout);
        Path archive = folder.path().resolve("pause.tar");
        ImageArchive.writeOci(image, archive, TAG);
        Command.of(
                        programs.ctr().toString(),
                        "--address",
                        folder.socket().toString(),
                        "--namespace",
                        "k8s.io",
                        "images",
                        "import",
                        "--base-name",
                        REPOSITORY,
                        archive.toString())
                .output();
    }
}
