package dev.davit.cri;

import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.PodSandboxStatus;
import dev.davit.cri.raw.PodSandboxStatusResponse;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a pod was run with, as far as its runtime still knows it. The runtime wants to be told again for each container, and
 * the interface has no call to ask; but in what containerd and CRI-O tell of a pod besides, the configuration is.
 */
final class RememberedPod {
    private RememberedPod() {}

    static PodSandboxConfig config(PodSandboxStatusResponse answer) {
        PodSandboxStatus status = answer.getStatus();
        PodSandboxConfig.Builder config = PodSandboxConfig.newBuilder()
                .setMetadata(status.getMetadata())
                .putAllLabels(status.getLabelsMap())
                .putAllAnnotations(status.getAnnotationsMap());
        config.getLinuxBuilder()
                .getSecurityContextBuilder()
                .setNamespaceOptions(status.getLinux().getNamespaces().getOptions());
        String logs = status.getAnnotationsMap().get(LogDirectory.ANNOTATION);
        if (logs != null) {
            config.setLogDirectory(logs);
        }
        String info = answer.getInfoOrDefault("info", "");
        if (!info.isEmpty()) {
            try {
                JsonReader.parse("info of a pod", info.getBytes(StandardCharsets.UTF_8), in -> info(in, config));
            } catch (MalformedContentException e) {
                // Another runtime may have anything there. What is needed most is known already.
                return config.build();
            }
        }
        return config.build();
    }

    private static Object info(JsonReader in, PodSandboxConfig.Builder config) {
        return in.object(List.of(), member -> {
            if (member.equals("config")) {
                config(in, config);
            } else {
                in.skip();
            }
        });
    }

    private static void config(JsonReader in, PodSandboxConfig.Builder config) {
        in.object(List.of(), member -> {
            switch (member) {
                case "log_directory" -> config.setLogDirectory(in.string());
                case "hostname" -> config.setHostname(in.string());
                case "linux" -> linux(in, config);
                default -> in.skip();
            }
        });
    }

    private static void linux(JsonReader in, PodSandboxConfig.Builder config) {
        in.object(List.of(), member -> {
            switch (member) {
                case "cgroup_parent" -> config.getLinuxBuilder().setCgroupParent(in.string());
                case "security_context" -> security(in, config);
                default -> in.skip();
            }
        });
    }

    private static void security(JsonReader in, PodSandboxConfig.Builder config) {
        in.object(List.of(), member -> {
            if (member.equals("privileged")) {
                config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(in.bool());
            } else {
                in.skip();
            }
        });
    }
}
