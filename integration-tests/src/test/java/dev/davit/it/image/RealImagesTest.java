package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.it.Parts;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images made of real software: valid, and unpacked by Davit as by umoci and by containerd, in every attribute. */
@Tag("jdk25")
class RealImagesTest {
    private static final String BELOW = """
            mkdir -p file dir/sub/deep links opaque/sub before/sub after/sub turn keep/a/b/c same
            echo 1 > file/gone; echo 1 > file/stays; echo 1 > dir/sub/file; echo 1 > dir/sub/deep/file
            echo 1 > links/target; ln links/target links/hard; ln links/target links/other
            ln -s target links/soft; ln -s ../dir links/to-dir; ln -s nowhere links/dangling
            echo 1 > opaque/sub/file; echo 1 > opaque/file; mkfifo opaque/pipe; mknod opaque/device c 1 3
            for d in before after; do echo 1 > $d/old; echo 1 > $d/sub/old; ln -s old $d/link; done
            mkdir turn/dir turn/dir-again; echo 1 > turn/dir/file; echo 1 > turn/dir-again/old; echo 1 > turn/file
            echo 1 > keep/a/b/c/file; echo 1 > keep/a/file
            echo 1 > same/file; mkdir same/dir; echo 1 > same/dir/old; ln -s file same/link; echo 1 > same/to-dir
            touch -d '2001-01-01 01:01:01.5' dir dir/sub keep keep/a opaque
            """;

    private static final String ABOVE = """
            mkdir -p file dir links opaque before/sub after/sub turn keep/a same
            : > file/.wh.gone; : > dir/.wh.sub; : > links/.wh.target; : > links/.wh.soft; : > links/.wh.to-dir
            : > opaque/.wh..wh..opq
            : > before/.wh..wh..opq; echo 2 > before/new; echo 2 > before/sub/new
            : > after/.wh..wh..opq; echo 2 > after/new; echo 2 > after/sub/new; echo 2 > after/old
            echo 2 > turn/dir; echo 2 > turn/dir-again; mkdir turn/file; echo 2 > turn/file/in
            : > keep/a/.wh.b
            : > same/.wh.file; echo 2 > same/file; : > same/.wh.link; ln -s dir same/link
            : > same/.wh.to-dir; mkdir same/to-dir; echo 2 > same/to-dir/new
            touch -d '2002-02-02 02:02:02.25' opaque before after turn same dir
            """;

    private static final String TOP = """
            mkdir -p file dir/sub links turn/dir-again keep/a/b opaque
            echo 3 > file/gone; echo 3 > dir/sub/new; ln -s hard links/soft; echo 3 > links/target
            mkdir -p turn/dir; echo 3 > turn/dir/new; echo 3 > turn/dir-again/new; : > turn/.wh.file
            echo 3 > keep/a/b/again; : > opaque/.wh.never; : > .wh.before
            """;

    @TempDir
    Path folder;

    private OciLayout layout;

    @BeforeEach
    void layout() {
        Parts.requireRoot();
        Parts.require("umoci", "getfattr");
        layout = OciLayout.at(folder.resolve("layout"));
    }

    @Test
    void whiteouts_of_everything_in_several_layers() throws IOException {
        List<Path> tars = Odd.ofScripts(folder, BELOW, ABOVE, TOP);
        Image image = Layers.image(layout, "image", tars);

        // overlay counts the names in lower layers also if upper ones hide them
        UnpackReport report = assertThatAllAgree(image, line -> line.matches("/links/(hard|other): names"));

        assertThat(Trees.size(report.root())).isGreaterThan(30);
    }

    @Test
    void busybox_with_hard_links_in_one_layer_and_symbolic_ones_in_another() throws IOException {
        Path busybox = Parts.program("busybox");
        List<Path> tars = Odd.ofScripts(
                folder, """
                mkdir -p bin etc home proc tmp; cp BUSYBOX bin/busybox; cd bin
                for applet in $(./busybox --list); do [ $applet = busybox ] || ln busybox $applet; done
                """.replace("BUSYBOX", busybox.toString()), """
                mkdir -p bin usr/bin etc; cp BUSYBOX usr/bin/busybox; chmod 4711 usr/bin/busybox
                for applet in $(usr/bin/busybox --list); do
                    [ $applet = busybox ] || ln -s busybox usr/bin/$applet
                    [ $applet != sh ] && [ ${#applet} = 2 ] && : > bin/.wh.$applet
                done
                ln -s ../usr/bin/busybox bin/cat; echo root:x:0:0::/:/bin/sh > etc/passwd
                """.replace("BUSYBOX", busybox.toString()));
        Image image = Layers.image(layout, "image", tars);

        // overlay counts the names in lower layers also if upper ones hide them
        UnpackReport report = assertThatAllAgree(image, line -> line.matches("/bin/[^:]*: names"));

        assertThat(report.entries()).isGreaterThan(400);
        assertThat(Files.getAttribute(report.root().resolve("bin/sh"), "unix:nlink"))
                .asString()
                .matches("[0-9]{3}");
    }

    private UnpackReport assertThatAllAgree(Image image, Predicate<String> ofContainerd) throws IOException {
        return OtherTools.assertThatAllAgree(layout, image, folder, line -> false, ofContainerd);
    }
}
