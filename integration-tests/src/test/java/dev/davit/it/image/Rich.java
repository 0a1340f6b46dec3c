package dev.davit.it.image;

import dev.davit.it.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tree with everything that a format of tar can carry; each step adds what takes one more extension. Takes root.
 */
enum Rich {
    /** What the oldest format can say: short names, small numbers, no special files. */
    V7("""
            mkdir -p empty modes links sizes names; cd modes
            for mode in 0000 0644 0755 4755 2711 1777 6555 7777; do echo $mode > $mode; chmod $mode $mode; done
            mkdir dir-0500 dir-2770 dir-1777; chmod 0500 dir-0500; chmod 2770 dir-2770; chmod 1777 dir-1777
            echo mine > owned; chown 1000:262143 owned; cd ../links
            echo one > first; ln first second; ln first third; ln -s first soft; ln -s ../names to-names
            ln -s /etc/passwd absolute; ln -s 'nowhere//at/./all/' dangling; chown -h 12:34 soft; touch -h -d @1 soft
            cd ../sizes; for size in 0 1 511 512 513 10239 10240 10241 100000; do head -c $size /dev/urandom > $size; done
            cd ../names; echo 1 > größe; echo 1 > 'space and tab	'; echo 1 > '*?[x]'; echo 1 > -dash; echo 1 > 'back\\slash'
            echo 1 > "$(printf 'line\\nbreak')"; echo 1 > "$(printf 'latin \\344\\366\\374')"; ln -s "$(printf '\\377\\376')" link
            echo 1 > '"quoted"'; echo 1 > 'equals=sign'; mkdir "$(printf 'dir \\351')"; echo 1 > "$(printf 'dir \\351')/in"
            """),

    /** Special files, and names that are split in two. */
    USTAR(V7, """
            mkdir special; cd special; mkfifo -m 620 pipe; mknod -m 666 null c 1 3; mknod -m 660 loop b 7 0
            mknod wide c 4095 262143; chown 5:6 pipe; cd ..
            parent=long/$(printf 'p%.0s' $(seq 60))/$(printf 'q%.0s' $(seq 70)); mkdir -p $parent
            echo 1 > $parent/$(printf 'n%.0s' $(seq 90)); echo 1 > $(printf 'm%.0s' $(seq 100))
            """),

    /** Names, targets and numbers without a limit. */
    GNU(USTAR, """
            long=deep; for i in $(seq 20); do long=$long/directory-$i-$(printf 'é%.0s' $(seq 10)); done; mkdir -p $long
            n=$(printf 'x%.0s' $(seq 255)); echo 1 > $long/$n; ln $long/$n $long/hard; mkdir $long/$(printf 'd%.0s' $(seq 200))
            ln -s $long/$n $long/soft; ln $long/$n short; ln -s $(printf 'target/%.0s' $(seq 300)) soft; echo 1 > $n
            echo 1 > $(printf 's%.0s' $(seq 99)); echo 1 > $(printf 't%.0s' $(seq 101)); ln -s $(printf 'u%.0s' $(seq 101)) soft-101
            ln -s $(printf 'u%.0s' $(seq 100)) soft-100; mkdir $(printf 'v%.0s' $(seq 98)) $(printf 'w%.0s' $(seq 99))
            latin=$(printf 'latin \\344\\366\\374'); echo 1 > "$long/$latin"; ln "$long/$latin" "$latin link"
            mkdir big; for id in 262144 2097151 2097152 16777216 2147483647 2147483648 4294967294; do echo 1 > big/$id; chown $id:$id big/$id; done
            """),

    /** Times before 1970, and beyond what eleven octal digits can say. */
    WIDE(GNU, """
            mkdir times; touch -d @-1 times/before; touch -d 1902-01-01 times/long-before; touch -d 2400-01-01 times/far
            """),

    /** Fractions of seconds that a floating-point number has exactly, and devices with the largest numbers. */
    HALVES(WIDE, """
            mknod big/character c 4095 1048575; mknod big/block b 4095 1048575
            touch -d '2001-02-03 04:05:06.5' times/half; touch -d '@1.25' times/quarter; mkdir times/dir
            ln -s half times/link; touch -h -d '2001-02-03 04:05:06.75' times/link; touch -d '@1000000000.5' times/dir
            """),

    /** Times to the nanosecond, and extended attributes. */
    PAX(HALVES, """
            touch -d '2001-02-03 04:05:06.123456789' times/nanos; touch -d '2001-02-03 04:05:06.000000001' times/one
            mkdir xattrs; echo 1 > xattrs/file; setfattr -n user.text -v 'some text' xattrs/file
            setfattr -n user.bytes -v 0x00ff0a3d00 xattrs/file; setfattr -n user.dotted.name -v "$(printf 'v%.0s' $(seq 2000))" xattrs/file
            setfattr -n user.dir -v here xattrs; echo 1 > xattrs/ping; setcap cap_net_raw+ep xattrs/ping
            setfattr -n trusted.thing -v 0x01 xattrs/ping; ln xattrs/file xattrs/other-name
            """),

    /** Times to the nanosecond before 1970. */
    PAX_BEFORE_1970(PAX, """
            touch -d '1969-12-31 23:59:58.25' times/before-quarter; touch -d '1960-01-01 00:00:00.999999999' times/before-nanos
            touch -d '1969-12-31 23:59:59.999999999' times/just-before
            """);

    private final String script;

    Rich(String script) {
        this.script = script;
    }

    Rich(Rich less, String more) {
        this(less.script + "\ncd \"$0\"\n" + more);
    }

    /** Makes the tree in a new folder. All times that it says nothing about are of one second. */
    Path make(Path folder) throws IOException {
        Files.createDirectory(folder);
        String settled =
                "cd \"$0\"\nfind . -newermt 2010-01-01 ! -newermt 2300-01-01 -exec touch -h -d @1600000000 {} +\n";
        Command.of("bash", "-euc", "umask 022; cd \"$0\"\n" + script + settled, folder.toString())
                .run();
        return folder;
    }
}
