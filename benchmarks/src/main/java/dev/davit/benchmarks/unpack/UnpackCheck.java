package dev.davit.benchmarks.unpack;

import com.sun.management.OperatingSystemMXBean;
import dev.davit.benchmarks.Shell;
import dev.davit.image.OciLayout;
import dev.davit.image.Unpacker;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Unpacks the running JDK, as a layer, by Davit and by the {@linkplain JavaLoop loops that everybody writes} in turn, and fails
 * if Davit does not take less CPU than each of them: then something is grossly wrong, whatever the machine does beside.
 *
 * <p>Argument: a folder for files, which is made and removed.
 */
public final class UnpackCheck {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int WARM = 3;
    private static final int ROUNDS = 5;

    private UnpackCheck() {}

    /** Checks. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]).toAbsolutePath();
        try {
            String pack =
                    "mkdir -p $1; tar -C $2 -cf $1/jdk.tar --exclude=jmods --exclude=src.zip .; gzip -kf $1/jdk.tar";
            Shell.run(pack, folder, System.getProperty("java.home"));
            CorpusLayer layer = CorpusLayer.of(folder, "jdk", "gz", OciLayout.at(folder.resolve("layout")));
            boolean good = true;
            for (JavaLoop loop : List.of(new JavaLoop(false), new JavaLoop(true))) {
                good &= check(layer, folder.resolve("tree"), loop);
            }
            if (!good) {
                throw new IllegalStateException("a plain loop takes less CPU than Davit");
            }
        } finally {
            Shell.run("rm -rf $1", folder);
        }
    }

    private static boolean check(CorpusLayer layer, Path to, JavaLoop loop) throws Exception {
        List<Double> ratios = new ArrayList<>();
        for (int round = -WARM; round < ROUNDS; round++) {
            double ours = cpu(
                    (image, target) -> {
                        Unpacker.into(target).unpack(image.image());
                        return 0;
                    },
                    layer,
                    to);
            double theirs = cpu(loop, layer, to);
            if (round >= 0) {
                ratios.add(theirs / ours);
            }
        }
        System.out.println(loop + " takes " + Shell.range(ratios) + " times the CPU of Davit");
        return Shell.median(ratios) > 1;
    }

    private static long cpu(Subject subject, CorpusLayer layer, Path to) throws Exception {
        Shell.run("rm -rf $1", to);
        long before = PROCESS.getProcessCpuTime();
        subject.unpack(layer, to);
        return PROCESS.getProcessCpuTime() - before;
    }
}
