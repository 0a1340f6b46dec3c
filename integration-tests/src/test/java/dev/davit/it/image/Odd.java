package dev.davit.it.image;

import dev.davit.it.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The layers of an image that has everything: made by the tools of this machine, packed by GNU tar. Takes root. */
final class Odd {
    private Odd() {}

    /** {@return the layers, lowest first} */
    static List<Path> layers(Path folder) throws IOException {
        return ofScripts(folder, LOWEST, MIDDLE, UPPER);
    }

    /** {@return layers that have what shell scripts make in their working directory} */
    static List<Path> ofScripts(Path folder, String... scripts) throws IOException {
        List<Path> tars = new ArrayList<>();
        for (String script : scripts) {
            Path root = Files.createDirectories(folder.resolve("odd" + tars.size()));
            Command.of("sh", "-euc", "umask 022; cd \"$0\"\n" + script, root.toString())
                    .run();
            Path tar = folder.resolve("odd" + tars.size() + ".tar");
            Layers.ofFolder(tar, "posix", root);
            tars.add(tar);
        }
        return tars;
    }

    private static final String LOWEST = """
            mkdir -p bin dev etc usr/lib opaque/deep hidden/deep shut 'name with space' tmp swap/dir
            echo content > bin/tool; chmod 4755 bin/tool
            echo content > bin/group; chown 12:34 bin/group; chmod 2711 bin/group
            echo ping > bin/ping; chown 1000:1000 bin/ping; setcap cap_net_raw+ep bin/ping
            echo noted > etc/noted; setfattr -n user.note -v hello etc/noted; setfattr -n user.empty etc/noted
            setfattr -n user.dir -v here usr; setfattr -n user.dir -v there opaque
            mknod dev/null c 1 3; chmod 666 dev/null
            mknod dev/loop b 7 0; chown 0:6 dev/loop; chmod 660 dev/loop
            mknod dev/wide c 4095 1048575
            mkfifo -m 620 dev/pipe; chown 7:8 dev/pipe
            touch -d '2001-02-03 04:05:06.123456789' dev/null dev/pipe
            echo a > usr/lib/a; ln usr/lib/a usr/lib/b; ln usr/lib/a usr/lib/c
            ln -s a usr/lib/link; ln usr/lib/link usr/lib/same-link; chown -h 1234:4294967294 usr/lib/link
            ln -s usr/lib lib; ln -s /usr/lib lib64; ln -s ../../../etc up; ln -s 'nowhere//at/all/' dangling
            touch -h -d '1999-12-31 23:59:59.123456789' up
            touch -d '1965-01-01 00:00:00' etc/noted; touch -d '1968-05-05 00:00:00.75' usr/lib/a
            touch -d '2242-01-01 00:00:00.5' bin/tool
            chown 4294967294:4294967294 bin/tool; chmod 4755 bin/tool
            echo x > opaque/file; echo x > opaque/deep/file; echo x > hidden/deep/file; echo x > hidden/file
            echo x > gone; mkfifo gone-pipe; mknod gone-device c 1 5; ln -s gone gone-link
            echo x > 'name with space/ä ö'; mkdir 'name with space/new
            line'
            echo x > swap/file-to-dir; mkdir -p swap/dir-to-file/sub; mkdir swap/dir-to-link; ln -s dir swap/link-to-dir
            mknod swap/device-to-file c 1 3; echo x > swap/file-to-device; mkfifo swap/pipe-to-dir
            echo shut > shut/file; chmod 0 shut/file; chmod 0500 shut; chmod 1777 tmp
            touch -d '2003-03-03 03:03:03.333333333' usr/lib usr opaque shut swap/dir
            """;

    private static final String MIDDLE = """
            mkdir -p opaque/new hidden swap usr/lib 'name with space' shut
            : > .wh.gone; : > .wh.gone-pipe; : > .wh.gone-device; : > .wh.gone-link
            : > opaque/.wh..wh..opq; echo new > opaque/new/file
            : > hidden/.wh.deep; : > hidden/.wh.never-there
            : > 'name with space/.wh.ä ö'
            mkdir -p swap/file-to-dir/sub; echo now > swap/dir-to-file; ln -s dir swap/dir-to-link; mkdir swap/link-to-dir
            echo now > swap/device-to-file; mknod swap/file-to-device c 1 7; mkdir swap/pipe-to-dir
            echo other > usr/lib/b; setfattr -n user.b -v new usr/lib/b
            echo second > shut/second; chmod 0700 shut
            chmod 0711 usr; chown 5:6 usr
            touch -d '2004-04-04 04:04:04.4' usr hidden
            """;

    private static final String UPPER = """
            mkdir -p opaque hidden swap/pipe-to-dir
            echo again > gone; : > opaque/.wh.new; : > .wh.hidden-not-there
            : > swap/.wh.link-to-dir; mkfifo swap/pipe-to-dir/pipe; setfattr -n user.late -v x swap
            chmod 2770 opaque; touch -d '2005-05-05 05:05:05' opaque
            """;
}
