package dev.davit.it;

import java.nio.file.Path;

/** A Docker of a test's own: the daemon lives as long as the script that talks to it, and everything is in one folder. */
public final class Dockerd {
    private static final String AROUND = """
            cd "$0"
            PATH=$PATH:/usr/sbin:/sbin; mkdir docker
            [ -e /etc/docker/key.json ] && key=theirs || key=ours
            dockerd --data-root $PWD/docker/data --exec-root $PWD/docker/exec --pidfile $PWD/docker/pid \\
                --host unix://$PWD/docker.sock --bridge none --iptables=false --storage-driver vfs > docker.log 2>&1 &
            daemon=$!
            end() {
                kill $daemon; wait $daemon || true
                rmdir /run/docker/plugins /run/docker 2> /dev/null || true
                [ $key = theirs ] || rm -f /etc/docker/key.json
            }
            trap end EXIT
            for i in $(seq 300); do [ -S docker.sock ] && break; sleep 0.1; done
            export DOCKER_HOST=unix://$PWD/docker.sock DOCKER_BUILDKIT=0
            """;

    private Dockerd() {}

    /**
     * Runs a script in which {@code docker} works; skips the calling test if it is not installed.
     *
     * @param folder where the script runs and everything goes
     * @param script what to do, in the language of sh
     * @return what it prints
     */
    public static String run(Path folder, String script) {
        Parts.requireRoot();
        Parts.require("docker", "dockerd", "runc");
        return Command.of("sh", "-euc", AROUND + script, folder.toString()).run();
    }
}
