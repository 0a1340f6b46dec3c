package dev.davit.it.image;

import dev.davit.image.ImageArchive;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tools whose unpacking Davit's is compared with. Takes root. */
final class OtherTools {
    private OtherTools() {}

    /** What is looked at while it is there. */
    interface Look {
        /** Looks at the files of an image. */
        void at(Path root) throws IOException;
    }

    /** {@return the files of an image, as umoci unpacks them to a new folder below the given one} */
    static Path umoci(OciLayout layout, String name, Path folder) {
        Path bundle = folder.resolve("umoci");
        Command.of("umoci", "unpack", "--image", layout.folder() + ":" + name, bundle.toString())
                .run();
        return bundle.resolve("rootfs");
    }

    /** Shows what a container of containerd would see. */
    static void containerd(Image image, Path folder, Look look) throws IOException {
        Path programs = Parts.containerd("1.7");
        Path archive = folder.resolve("image.tar");
        ImageArchive.writeOci(image, archive, "1.0");
        Path mount = Files.createDirectories(folder.resolve("containerd"));
        try (ContainerdInstance node =
                ContainerdInstance.builder().programs(programs).start()) {
            String ctr = programs.resolve("ctr") + " -a " + node.endpoint().replace("unix://", "") + " images ";
            Command.of("sh", "-c", ctr + "import --index-name test.local/image:1.0 " + archive)
                    .run();
            Command.of("sh", "-c", ctr + "mount test.local/image:1.0 " + mount).run();
            try {
                look.at(mount);
            } finally {
                Command.of("umount", mount.toString()).run();
            }
        }
    }
}
