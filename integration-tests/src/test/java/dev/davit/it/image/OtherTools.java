package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ImageArchive;
import dev.davit.image.ImageFileSystem;
import dev.davit.image.ImageValidator;
import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdInstance;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

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
        Path exported = folder.resolve("exported.tar");
        String name = "test.local/image:1.0";
        ImageArchive.writeOci(image, archive, name);
        Path mount = Files.createDirectories(folder.resolve("containerd"));
        try (ContainerdInstance node =
                ContainerdInstance.builder().programs(programs).start()) {
            String ctr = programs.resolve("ctr") + " -a " + node.endpoint().replace("unix://", "") + " images ";
            // the archive itself says the name
            Command.of("sh", "-c", ctr + "import " + archive).run();
            Command.of("sh", "-c", ctr + "export " + exported + ' ' + name).run();
            try (ImageArchive back = ImageArchive.open(exported)) {
                assertThat(back.tags()).containsExactly(name);
                assertThat(Image.load(back, name, image.platform()).digest()).isEqualTo(image.digest());
            }
            Command.of("sh", "-c", ctr + "mount " + name + ' ' + mount).run();
            try {
                look.at(mount);
            } finally {
                Command.of("umount", mount.toString()).run();
            }
        }
    }

    /**
     * Expects an image to be valid, and unpacked alike by Davit, umoci and containerd, in every attribute but for what
     * Davit reports, which is nothing on a newer JDK.
     *
     * @param image an image of the layout
     * @param folder where they unpack to: each into a folder of its own
     * @param ofUmoci lines such as {@code /path: time} that umoci is known to do in another way
     * @param ofContainerd the same for containerd, which also gives the root no time
     * @return what Davit reported
     */
    static UnpackReport assertThatAllAgree(
            OciLayout layout, Image image, Path folder, Predicate<String> ofUmoci, Predicate<String> ofContainerd)
            throws IOException {
        layout.tag(image.descriptor(), "compared");
        assertThat(ImageValidator.validate(layout, "compared").errors()).isEmpty();

        UnpackReport report = Unpacker.into(folder.resolve("davit")).unpack(image);

        Unpacked.assertDiffersAsReported(umoci(layout, "compared", folder), report, ofUmoci);
        try (FileSystem fs = ImageFileSystem.open(image)) {
            Unpacked.assertDiffersAsReported(fs.getPath("/"), report);
        }
        Predicate<String> root = "/: time"::equals;
        containerd(image, folder, theirs -> Unpacked.assertDiffersAsReported(theirs, report, root.or(ofContainerd)));
        if (Runtime.version().feature() >= 22) {
            assertThat(report.differences()).isEmpty();
        }
        return report;
    }
}
