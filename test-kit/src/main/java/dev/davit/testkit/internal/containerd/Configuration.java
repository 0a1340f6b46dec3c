package dev.davit.testkit.internal.containerd;

import java.net.URI;

/** Writes the configuration files of an instance. Pure text. */
final class Configuration {
    private static final int VERSION_2_0 = 200;
    private static final int VERSION_2_1 = 201;

    private final Programs programs;
    private final InstanceFolder folder;
    private final Bridge bridge;
    private final String pauseImage;

    Configuration(Programs programs, InstanceFolder folder, Bridge bridge, String pauseImage) {
        this.programs = programs;
        this.folder = folder;
        this.bridge = bridge;
        this.pauseImage = pauseImage;
    }

    /** {@return the configuration of the daemon, in the form that its version understands} */
    String daemon() {
        int version = programs.version();
        return version >= VERSION_2_0 ? second(version >= VERSION_2_1) : first();
    }

    private String first() {
        return common(2)
                + """
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = %s
                  disable_apparmor = true
                  restrict_oom_score_adj = true
                  netns_mounts_under_state_dir = true
                [plugins."io.containerd.grpc.v1.cri".cni]
                  bin_dir = %s
                  conf_dir = %s
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = %s
                """.formatted(quote(pauseImage), quote(programs.cni()), quote(folder.cni()), quote(folder.hosts()))
                + runc("io.containerd.grpc.v1.cri");
    }

    private String second(boolean manyBinDirs) {
        return common(3)
                + """
                [plugins."io.containerd.nri.v1.nri"]
                  disable = true
                [plugins."io.containerd.cri.v1.images".pinned_images]
                  sandbox = %s
                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = %s
                [plugins."io.containerd.cri.v1.runtime"]
                  disable_apparmor = true
                  restrict_oom_score_adj = true
                  netns_mounts_under_state_dir = true
                [plugins."io.containerd.cri.v1.runtime".cni]
                  %s
                  conf_dir = %s
                """.formatted(
                                quote(pauseImage),
                                quote(folder.hosts()),
                                manyBinDirs
                                        ? "bin_dirs = [" + quote(programs.cni()) + "]"
                                        : "bin_dir = " + quote(programs.cni()),
                                quote(folder.cni()))
                + runc("io.containerd.cri.v1.runtime");
    }

    private String common(int format) {
        return """
                version = %d
                root = %s
                state = %s
                [grpc]
                  address = %s
                [plugins."io.containerd.internal.v1.opt"]
                  path = %s
                """.formatted(
                format, quote(folder.root()), quote(folder.state()), quote(folder.socket()), quote(folder.opt()));
    }

    private String runc(String plugin) {
        return """
                [plugins."%s".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"
                [plugins."%s".containerd.runtimes.runc.options]
                  BinaryName = %s
                  Root = %s
                  SystemdCgroup = false
                """.formatted(plugin, plugin, quote(programs.runc()), quote(folder.runc()));
    }

    /** {@return the network of the pods, for CNI} */
    String network() {
        return """
                {
                  "cniVersion": "0.4.0",
                  "name": %s,
                  "plugins": [
                    {
                      "type": "bridge",
                      "bridge": %s,
                      "isGateway": false,
                      "ipMasq": false,
                      "ipam": {
                        "type": "host-local",
                        "dataDir": %s,
                        "ranges": [[{"subnet": "%s.0/24", "gateway": "%s"}]],
                        "routes": [{"dst": "0.0.0.0/0"}]
                      }
                    }
                  ]
                }
                """.formatted(
                quote(folder.name()), quote(bridge.name()), quote(folder.ipam()), bridge.subnet(), bridge.gateway());
    }

    /** {@return where the daemon looks for the images of one registry, or of all} */
    static String hosts(URI address) {
        return """
                [host.%s]
                  capabilities = ["pull", "resolve"]
                """.formatted(quote(address.toString()));
    }

    /** The same rules in TOML and JSON, for what paths and names can contain. */
    private static String quote(Object text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.toString().chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < 0x20 || c == 0x7f) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
