package dev.davit.cri;

import dev.davit.oci.MalformedContentException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Makes specifications of a document: the part about the pod. For one document. */
final class PodManifestReader {
    private static final long DEFAULT_GRACE_SECONDS = 30;

    private final String what;
    private final Path emptyDirFolder;
    private final Map<String, Path> volumes = new LinkedHashMap<>();
    private final List<Path> emptyDirs = new ArrayList<>();

    PodManifestReader(String what, Path emptyDirFolder) {
        this.what = what;
        this.emptyDirFolder = emptyDirFolder;
    }

    PodManifest read(@Nullable Object document) {
        Fields root = Fields.of(what, document);
        if (!root.requiredText("apiVersion").equals("v1")
                || !root.requiredText("kind").equals("Pod")) {
            throw new MalformedContentException(what + ": expected apiVersion v1 and kind Pod");
        }
        Fields metadata = root.part("metadata");
        Fields spec = root.part("spec");
        try {
            PodSpec pod = pod(metadata, spec);
            readVolumes(spec.items("volumes"));
            ContainerManifestReader reader = new ContainerManifestReader(pod, spec.part("securityContext"), volumes);
            List<ContainerSpec> first = containers(reader, spec.items("initContainers"));
            List<Fields> items = spec.items("containers");
            List<ContainerSpec> containers = containers(reader, items);
            if (containers.isEmpty()) {
                throw spec.wrong("containers", "at least one, got none");
            }
            for (PortMapping port : reader.ports()) {
                pod = pod.port(port);
            }
            if (reader.anyPrivileged()) {
                pod = pod.privileged();
            }
            Duration grace = Duration.ofSeconds(
                    spec.number("terminationGracePeriodSeconds").orElse(DEFAULT_GRACE_SECONDS));
            return new PodManifest(pod, first, containers, emptyDirs, reader.subPaths(), grace, root.leftOut());
        } catch (IllegalArgumentException e) {
            // A name or number that a specification does not take.
            throw new MalformedContentException(what + ": " + e.getMessage());
        }
    }

    private static List<ContainerSpec> containers(ContainerManifestReader reader, List<Fields> items) {
        return items.stream().map(reader::read).toList();
    }

    private static PodSpec pod(Fields metadata, Fields spec) {
        PodSpec pod = PodSpec.named(metadata.requiredText("name"));
        pod = metadata.text("namespace").map(pod::namespace).orElse(pod);
        for (Map.Entry<String, String> label : metadata.textMap("labels").entrySet()) {
            pod = pod.label(label.getKey(), label.getValue());
        }
        for (Map.Entry<String, String> annotation :
                metadata.textMap("annotations").entrySet()) {
            pod = pod.annotation(annotation.getKey(), annotation.getValue());
        }
        pod = spec.text("hostname").map(pod::hostname).orElse(pod);
        pod = spec.text("runtimeClassName").map(pod::runtimeHandler).orElse(pod);
        pod = spec.isTrue("hostNetwork") ? pod.hostNetwork() : pod;
        pod = spec.isTrue("shareProcessNamespace") ? pod.sharedPid() : pod;
        pod = spec.isTrue("hostPID") ? pod.hostPid() : pod;
        pod = spec.isTrue("hostIPC") ? pod.hostIpc() : pod;
        if (spec.text("restartPolicy").filter(policy -> !policy.equals("Never")).isPresent()) {
            spec.leaveOut("restartPolicy");
        }
        return security(dns(pod, spec), spec.part("securityContext"));
    }

    private static PodSpec dns(PodSpec pod, Fields spec) {
        String policy = spec.text("dnsPolicy").orElse("Default");
        if (!policy.equals("Default") && !policy.equals("None")) {
            // There is no name server of a cluster.
            spec.leaveOut("dnsPolicy");
        }
        Fields dns = spec.part("dnsConfig");
        List<String> servers = dns.texts("nameservers");
        List<String> searches = dns.texts("searches");
        List<String> options = dns.items("options").stream()
                .map(option -> option.requiredText("name")
                        + option.text("value").map(value -> ":" + value).orElse(""))
                .toList();
        pod = servers.isEmpty() ? pod : pod.dnsServers(servers.toArray(String[]::new));
        pod = searches.isEmpty() ? pod : pod.dnsSearches(searches.toArray(String[]::new));
        return options.isEmpty() ? pod : pod.dnsOptions(options.toArray(String[]::new));
    }

    private static PodSpec security(PodSpec pod, Fields security) {
        for (Fields sysctl : security.items("sysctls")) {
            pod = pod.sysctl(sysctl.requiredText("name"), sysctl.requiredText("value"));
        }
        long[] groups = groups(security);
        pod = groups.length == 0 ? pod : pod.supplementalGroups(groups);
        return SecurityFields.selinux(security).map(pod::selinux).orElse(pod);
    }

    /** {@return the groups of all containers; that of the files in volumes is one of them} */
    static long[] groups(Fields security) {
        LongStream ofFiles = security.number("fsGroup").stream();
        return LongStream.concat(Arrays.stream(security.numbers("supplementalGroups")), ofFiles)
                .distinct()
                .toArray();
    }

    private void readVolumes(List<Fields> items) {
        for (Fields volume : items) {
            String name = Names.require("volume", volume.requiredText("name"));
            if (volume.has("hostPath")) {
                Fields host = volume.part("hostPath");
                volumes.put(name, Path.of(host.requiredText("path")));
                if (host.text("type").filter(type -> !type.isEmpty()).isPresent()) {
                    host.leaveOut("type");
                }
            } else if (volume.has("emptyDir")) {
                volume.part("emptyDir");
                Path folder = emptyDirFolder.resolve(name);
                volumes.put(name, folder);
                emptyDirs.add(folder);
            }
        }
    }
}
