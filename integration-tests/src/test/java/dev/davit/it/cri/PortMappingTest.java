package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningPod;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.content.LocalStore;
import dev.davit.testkit.ContainerdInstance;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ports of the node that lead to pods. The network of the test kit has none, so the plugin for them is added to it here. */
@Timeout(90)
class PortMappingTest {
    private static final List<String> SHARED =
            List.of("CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ");

    @Test
    void a_port_of_the_node_leads_to_a_pod_until_that_is_gone() throws Exception {
        Parts.require("iptables");
        Path programs = Parts.containerd("2.1");
        String before = rules();
        try (ContainerdInstance node =
                ContainerdInstance.builder().programs(programs).start()) {
            CriClient cri = node.client();
            addPortmap(cri);
            cri.containerd().load(Busybox.build(LocalStore.inMemory(64 << 20)), "example.org/busybox:1");
            int port = freePort();
            try (RunningPod pod = cri.pods().run(PodSpec.named("web").port(port, 8080))) {
                pod.start(ContainerSpec.of("web", "example.org/busybox:1").args("httpd -f -p 8080 -h /www"));
                String gateway = pod.ip().replaceFirst("[0-9]+$", "1");
                assertThat(fetched(gateway, port)).isEqualTo("hello, world\n");
                assertThat(rules()).contains("--dport " + port + " ", pod.ip() + ":8080");
            }
            assertThat(rules()).doesNotContain(Integer.toString(port), "CNI-DN-");
        } finally {
            if (SHARED.stream().noneMatch(before::contains)) {
                removeWhatIsLeft();
            }
        }
        assertThat(rules()).isEqualTo(before);
    }

    private static String fetched(String host, int port) throws Exception {
        URI uri = URI.create("http://" + host + ":" + port + "/");
        for (int attempt = 0; ; attempt++) {
            try {
                try (InputStream in = uri.toURL().openStream()) {
                    return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                }
            } catch (IOException e) {
                if (attempt == 100) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static void addPortmap(CriClient cri) throws Exception {
        Matcher folder = Pattern.compile("\"confDir\" *: *\"([^\"]+)\"")
                .matcher(cri.runtime().info().get("config"));
        assertThat(folder.find()).isTrue();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(folder.group(1)))) {
            for (Path file : files) {
                String text = Files.readString(file);
                int end = text.lastIndexOf(']');
                Files.writeString(
                        file,
                        text.substring(0, end) + ", {\"type\": \"portmap\", \"capabilities\": {\"portMappings\": true}}"
                                + text.substring(end));
            }
        }
        for (int i = 0; !cri.runtime().info().toString().contains("portMappings"); i++) {
            assertThat(i).as("times that containerd was asked for its network").isLessThan(200);
            Thread.sleep(50);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String rules() {
        return Command.of("iptables", "-w", "-t", "nat", "-S").run();
    }

    /** The plugin keeps what all ports have in common for the next one, for ever. */
    private static void removeWhatIsLeft() {
        List<String> left = rules().lines()
                .filter(rule -> SHARED.stream().anyMatch(rule::contains))
                .toList();
        List<String> commands = new ArrayList<>();
        left.stream().filter(rule -> rule.startsWith("-A ")).forEach(rule -> commands.add("-D" + rule.substring(2)));
        left.stream().filter(rule -> rule.startsWith("-N ")).forEach(rule -> commands.add("-X" + rule.substring(2)));
        for (String command : commands) {
            Command.of("sh", "-c", "iptables -w -t nat " + command).run();
        }
    }
}
