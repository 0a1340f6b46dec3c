package dev.davit.testkit.internal.containerd;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The network of an instance: a bridge with an IPv4 subnet of its own.
 *
 * <p>Creating the bridge is what claims the subnet: both have the same number, and the kernel lets nobody create a second
 * bridge of the same name, in whatever process. We give the bridge its address ourselves, because the CNI plugin that
 * could do it would also make the whole machine forward packets, and nobody would turn that off again.
 *
 * @param name name of the bridge
 * @param subnet the first three numbers of its addresses, {@code 10.192.0}
 */
record Bridge(String name, String subnet) {
    static final String PREFIX = "davit";

    private static final int SUBNETS = 64 << 8;
    private static final int FIRST = 192;
    private static final int ATTEMPTS = 200;
    private static final Path ROUTES = Path.of("/proc/net/route");

    /** A route of the machine: packets to {@code (address & mask) == destination} go somewhere. */
    private record Route(int destination, int mask) {
        boolean overlaps(int network, int networkMask) {
            int common = mask & networkMask;
            return mask != 0 && (destination & common) == (network & common);
        }
    }

    /** {@return a new bridge with a subnet that nothing else uses} */
    static Bridge create(List<String> ip) {
        List<Route> routes = routes();
        int start = ThreadLocalRandom.current().nextInt(SUBNETS);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int number = (start + attempt) % SUBNETS;
            int network = 10 << 24 | (FIRST + (number >> 8)) << 16 | (number & 0xff) << 8;
            if (routes.stream().noneMatch(route -> route.overlaps(network, 0xffffff00))) {
                String name = PREFIX + number;
                if (Command.of(ip, "link", "add", name, "type", "bridge").succeeds()) {
                    Bridge bridge = new Bridge(name, "10." + (FIRST + (number >> 8)) + "." + (number & 0xff));
                    bridge.bringUp(ip);
                    return bridge;
                }
            }
        }
        throw new StorageException(
                "create a bridge with",
                Path.of(ip.get(0)),
                "tried " + ATTEMPTS + " names and subnets of 10.192.0.0/10, and none was free or allowed",
                null);
    }

    private void bringUp(List<String> ip) {
        try {
            Command.of(ip, "addr", "add", gateway() + "/24", "dev", name).output();
            Command.of(ip, "link", "set", name, "up").output();
        } catch (StorageException e) {
            delete(ip, name);
            throw e;
        }
    }

    /** {@return the address of the machine in the subnet} */
    String gateway() {
        return subnet + ".1";
    }

    static void delete(List<String> ip, String name) {
        if (Files.exists(Path.of("/sys/class/net", name))) {
            Command.of(ip, "link", "del", name).output();
        }
    }

    /** The kernel writes addresses as hexadecimal numbers in the byte order of the machine, which is little-endian. */
    private static List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        try {
            List<String> lines = Files.readAllLines(ROUTES);
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                String[] words = line.trim().split("\\s+", -1);
                routes.add(new Route(address(words[1]), address(words[7])));
            }
            return routes;
        } catch (IOException e) {
            throw new StorageException("read", ROUTES, e);
        }
    }

    private static int address(String hex) {
        return Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
    }
}
