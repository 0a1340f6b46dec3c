package dev.davit.cri;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes specifications of a document: the part about containers. For one document. */
final class ContainerManifestReader {
    private static final int SHARES_OF_A_CORE = 1024;
    private static final int LEAST_SHARES = 2;
    private static final String HUGE_PAGES = "hugepages-";

    private final PodSpec pod;
    private final Fields ofPod;
    private final Map<String, Path> volumes;
    private final List<PortMapping> ports = new ArrayList<>();
    private final List<SubPath> subPaths = new ArrayList<>();
    private boolean anyPrivileged;

    /**
     * A reader.
     *
     * @param pod the pod so far, for values that refer to it
     * @param ofPod the security context of the pod, which counts where that of a container says nothing
     * @param volumes the folder of each volume
     */
    ContainerManifestReader(PodSpec pod, Fields ofPod, Map<String, Path> volumes) {
        this.pod = pod;
        this.ofPod = ofPod;
        this.volumes = volumes;
    }

    /** {@return the ports of the node that containers want} */
    List<PortMapping> ports() {
        return ports;
    }

    /** {@return the parts of volumes that are mounted instead of the whole} */
    List<SubPath> subPaths() {
        return subPaths;
    }

    /** {@return whether a container is privileged, which its pod must allow} */
    boolean anyPrivileged() {
        return anyPrivileged;
    }

    ContainerSpec read(Fields fields) {
        ContainerSpec spec = ContainerSpec.of(fields.requiredText("name"), fields.requiredText("image"));
        Map<String, String> variables = new LinkedHashMap<>();
        for (Fields variable : fields.items("env")) {
            String name = variable.requiredText("name");
            value(variable, variables).ifPresent(value -> variables.put(name, value));
        }
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            spec = spec.env(variable.getKey(), variable.getValue());
        }
        String[] command = expanded(fields.texts("command"), variables);
        String[] args = expanded(fields.texts("args"), variables);
        spec = command.length == 0 ? spec : spec.command(command);
        spec = args.length == 0 ? spec : spec.args(args);
        spec = fields.text("workingDir").map(spec::workingDir).orElse(spec);
        spec = fields.isTrue("stdin") ? spec.stdin() : spec;
        spec = fields.isTrue("stdinOnce") ? spec.stdinOnce() : spec;
        spec = fields.isTrue("tty") ? spec.tty() : spec;
        readPorts(fields.items("ports"));
        for (Fields mount : fields.items("volumeMounts")) {
            Mount made = mount(spec.name(), mount);
            spec = made == null ? spec : spec.mount(made);
        }
        spec = resources(fields.part("resources")).map(spec::resources).orElse(spec);
        return security(spec, fields.part("securityContext"));
    }

    private Optional<String> value(Fields variable, Map<String, String> before) {
        if (!variable.has("valueFrom")) {
            return Optional.of(variable.text("value")
                    .map(value -> Variables.expand(value, before))
                    .orElse(""));
        }
        String field =
                variable.part("valueFrom").part("fieldRef").text("fieldPath").orElse("");
        if (field.equals("metadata.name")) {
            return Optional.of(pod.name());
        }
        if (field.equals("metadata.namespace")) {
            return Optional.of(pod.namespace());
        }
        variable.leaveOut("valueFrom");
        return Optional.empty();
    }

    private static String[] expanded(List<String> texts, Map<String, String> variables) {
        return texts.stream().map(text -> Variables.expand(text, variables)).toArray(String[]::new);
    }

    private void readPorts(List<Fields> items) {
        for (Fields port : items) {
            port.text("name");
            int inside = port(port, "containerPort").orElseThrow(() -> port.wrong("containerPort", "a port"));
            PortMapping.Protocol protocol = switch (port.text("protocol").orElse("TCP")) {
                case "TCP" -> PortMapping.Protocol.TCP;
                case "UDP" -> PortMapping.Protocol.UDP;
                case "SCTP" -> PortMapping.Protocol.SCTP;
                default -> throw port.wrong("protocol", "TCP, UDP or SCTP");
            };
            String address = port.text("hostIP").orElse("");
            port(port, "hostPort").ifPresent(outside -> ports.add(new PortMapping(protocol, address, outside, inside)));
        }
    }

    private static Optional<Integer> port(Fields fields, String name) {
        OptionalLong number = fields.number(name);
        if (number.isPresent() && (number.getAsLong() < 1 || number.getAsLong() > 65_535)) {
            throw fields.wrong(name, "a port");
        }
        return number.isPresent() ? Optional.of((int) number.getAsLong()) : Optional.empty();
    }

    /** {@return the mount, or null if its volume is one that is left out} */
    private @Nullable Mount mount(String container, Fields fields) {
        Path folder = volumes.get(fields.requiredText("name"));
        String destination = fields.requiredText("mountPath");
        if (folder == null) {
            fields.leaveOut("name");
            return null;
        }
        Optional<String> subPath = fields.text("subPath");
        if (subPath.isPresent()) {
            Path below = Path.of(subPath.get());
            if (below.isAbsolute() || !below.normalize().equals(below) || below.startsWith("..")) {
                throw fields.wrong("subPath", "a path below the volume, without ..");
            }
            subPaths.add(new SubPath(container, folder, below));
            folder = folder.resolve(below);
        }
        Mount mount = Mount.of(folder, destination);
        mount = fields.isTrue("readOnly") ? mount.readOnly() : mount;
        if (fields.text("recursiveReadOnly")
                .filter(mode -> !mode.equals("Disabled"))
                .isPresent()) {
            mount = mount.recursivelyReadOnly();
        }
        return switch (fields.text("mountPropagation").orElse("None")) {
            case "None" -> mount;
            case "HostToContainer" -> mount.propagation(Mount.Propagation.HOST_TO_CONTAINER);
            case "Bidirectional" -> mount.propagation(Mount.Propagation.BIDIRECTIONAL);
            default -> throw fields.wrong("mountPropagation", "None, HostToContainer or Bidirectional");
        };
    }

    private static Optional<Resources> resources(Fields fields) {
        Fields limits = fields.part("limits");
        Fields requests = fields.part("requests");
        Optional<Long> most = limits.amount("cpu", Quantity::thousandths);
        Optional<Long> asked = requests.amount("cpu", Quantity::thousandths).or(() -> most);
        Optional<Long> memory = limits.amount("memory", Quantity::whole);
        Resources resources = Resources.none();
        if (most.isPresent()) {
            resources = resources.cpuLimit(most.get() / 1000.0);
        }
        if (asked.isPresent()) {
            resources = resources.cpuShares(Math.max(LEAST_SHARES, asked.get() * SHARES_OF_A_CORE / 1000));
        }
        if (memory.isPresent()) {
            resources = resources.memoryLimit(memory.get());
        }
        for (String name :
                limits.names().filter(name -> name.startsWith(HUGE_PAGES)).toList()) {
            String size = name.substring(HUGE_PAGES.length()).replace("i", "B");
            long bytes = limits.amount(name, Quantity::whole).orElse(0L);
            resources = resources.hugePages(size, bytes);
        }
        return resources.equals(Resources.none()) ? Optional.empty() : Optional.of(resources);
    }

    private ContainerSpec security(ContainerSpec spec, Fields own) {
        OptionalLong user = either(own, "runAsUser");
        OptionalLong group = either(own, "runAsGroup");
        boolean podNotRoot = ofPod.isTrue("runAsNonRoot");
        boolean notRoot = own.isTrue("runAsNonRoot") || podNotRoot;
        if (notRoot && user.isPresent() && user.getAsLong() == 0) {
            throw own.wrong("runAsUser", "a user other than root, as runAsNonRoot says");
        }
        if (user.isPresent()) {
            spec = group.isPresent() ? spec.user(user.getAsLong(), group.getAsLong()) : spec.user(user.getAsLong());
        } else {
            // Who an image runs as is known to the runtime alone, and a group goes with a user.
            (own.has("runAsNonRoot") ? own : ofPod).leaveOut("runAsNonRoot");
            (own.has("runAsGroup") ? own : ofPod).leaveOut("runAsGroup");
        }
        long[] groups = PodManifestReader.groups(ofPod);
        spec = groups.length == 0 ? spec : spec.supplementalGroups(groups);
        if (ofPod.text("supplementalGroupsPolicy").filter("Strict"::equals).isPresent()) {
            spec = spec.strictSupplementalGroups();
        }
        spec = SecurityFields.selinux(own)
                .or(() -> SecurityFields.selinux(ofPod))
                .map(spec::selinux)
                .orElse(spec);
        spec = profile(own, "seccompProfile").map(spec::seccomp).orElse(spec);
        spec = profile(own, "appArmorProfile").map(spec::appArmor).orElse(spec);
        spec = own.isTrue("readOnlyRootFilesystem") ? spec.readOnlyRoot() : spec;
        if (own.has("allowPrivilegeEscalation") && !own.isTrue("allowPrivilegeEscalation")) {
            spec = spec.noNewPrivileges();
        }
        Fields capabilities = own.part("capabilities");
        String[] added = capabilities.texts("add").toArray(String[]::new);
        String[] dropped = capabilities.texts("drop").toArray(String[]::new);
        spec = added.length == 0 ? spec : spec.addCapabilities(added);
        spec = dropped.length == 0 ? spec : spec.dropCapabilities(dropped);
        if (own.isTrue("privileged")) {
            anyPrivileged = true;
            spec = spec.privileged();
        }
        return spec;
    }

    /** Reads both, since both mean something. */
    private OptionalLong either(Fields own, String name) {
        OptionalLong general = ofPod.number(name);
        OptionalLong special = own.number(name);
        return special.isPresent() ? special : general;
    }

    private Optional<SecurityProfile> profile(Fields own, String name) {
        Optional<SecurityProfile> general = SecurityFields.profile(ofPod, name);
        return SecurityFields.profile(own, name).or(() -> general);
    }
}
