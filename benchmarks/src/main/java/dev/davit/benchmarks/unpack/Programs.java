package dev.davit.benchmarks.unpack;

import dev.davit.benchmarks.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Programs that unpack layers. */
final class Programs implements AutoCloseable {
    private final Path work;
    private @Nullable Process containerd;

    Programs(Path work) {
        this.work = work;
    }

    Subject tar(String gunzip, String unzstd) {
        return (layer, to) -> {
            String decoder = layer.compression().equals("gz") ? gunzip : unzstd;
            if (decoder.isEmpty()) {
                throw new UnsupportedOperationException("no decoder");
            }
            return Shell.run("mkdir -p $1 && tar -C $1 -I '" + decoder + "' -xpf $2", to, layer.file());
        };
    }

    Subject bsdtar() {
        return (layer, to) -> Shell.run("mkdir -p $1 && bsdtar -C $1 -xpf $2", to, layer.file());
    }

    Subject umoci() {
        return (layer, to) -> {
            if (!layer.compression().equals("gz")) {
                throw new UnsupportedOperationException("gzip only");
            }
            return Shell.run(
                    "umoci unpack --image $2 $1", to, Path.of(layer.layout().folder() + ":" + layer));
        };
    }

    /** Unpacks what was imported before; its own CPU time is the daemon's. */
    Subject containerd() {
        return (layer, to) -> {
            Process daemon = start(to.resolveSibling("containerd"));
            String ctr = "ctr -a " + to.resolveSibling("containerd/socket") + " ";
            String name = "test.local/" + layer + ":1";
            Shell.run(ctr + "images import --no-unpack $2 >&2", to, layer.archive(work));
            double before = Shell.cpu(daemon.pid());
            String digest = layer.image().digest().toString();
            double client = Shell.run(ctr + "snapshots unpack " + digest + " >&2", to, to);
            TimeUnit.MILLISECONDS.sleep(50);
            double used = Shell.cpu(daemon.pid()) - before;
            Shell.run(
                    ctr + "images rm --sync " + name + " >&2; " + ctr
                            + "snapshots ls | awk 'NR>1{print $1}' | xargs -r -n1 " + ctr + "snapshots rm >&2",
                    to,
                    to);
            return client + used;
        };
    }

    private Process start(Path folder) throws IOException, InterruptedException {
        if (containerd != null) {
            return containerd;
        }
        Files.createDirectories(folder);
        Path config = folder.resolve("config.toml");
        Files.writeString(config, """
                version = 2
                root = "FOLDER/root"
                state = "FOLDER/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
                [grpc]
                address = "FOLDER/socket"
                [ttrpc]
                address = "FOLDER/socket.ttrpc"
                """.replace("FOLDER", folder.toString()));
        ProcessBuilder builder = new ProcessBuilder("containerd", "-c", config.toString(), "-l", "error");
        builder.environment().put("CONTAINERD_DISABLE_PIGZ", "1");
        containerd = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        for (int i = 0; i < 100 && !Files.exists(folder.resolve("socket")); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return containerd;
    }

    /** {@return all programs, by the names they have in the results} */
    Map<String, Subject> subjects() {
        return Map.of(
                "tar + gzip/zstd", tar("gzip", "zstd"),
                "tar + igzip", tar("igzip", ""),
                "bsdtar", bsdtar(),
                "umoci", umoci(),
                "containerd", containerd());
    }

    @Override
    public void close() {
        if (containerd != null) {
            containerd.destroy();
            containerd.onExit().join();
        }
    }
}
