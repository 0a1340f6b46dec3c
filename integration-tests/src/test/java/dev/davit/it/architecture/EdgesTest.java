package dev.davit.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where Davit touches the world. Each edge is crossed by few classes, which are named here; all others get what they
 * need handed in, and so can be tested without it. Whoever adds a name below has thought about whether an existing
 * class of the same edge could do it. The test kit is a piece of the world and has no edges.
 */
class EdgesTest {
    private static final List<Edge> EDGES = List.of(
            new Edge(
                    "files",
                    List.of(
                            "java.nio.file.Files",
                            "java.nio.channels.FileChannel",
                            "java.io.File",
                            "java.io.FileInputStream",
                            "java.io.FileOutputStream",
                            "java.io.RandomAccessFile"),
                    List.of(
                            "dev.davit.cri.LogDirectory",
                            "dev.davit.cri.LogFiles",
                            "dev.davit.cri.LogSegment",
                            "dev.davit.cri.PodManifest",
                            "dev.davit.cri.SubPath",
                            "dev.davit.cri.internal.Discovery",
                            "dev.davit.cri.internal.Endpoint",
                            "dev.davit.image.internal.archive.ArchiveFile",
                            "dev.davit.image.internal.archive.ArchiveTarget",
                            "dev.davit.image.internal.archive.ArchiveWriter",
                            "dev.davit.image.internal.build.ArchiveSource",
                            "dev.davit.image.internal.build.Content",
                            "dev.davit.image.internal.build.GlobList",
                            "dev.davit.image.internal.build.ImageTree",
                            "dev.davit.image.internal.build.LocalFile",
                            "dev.davit.image.internal.LocalNames",
                            "dev.davit.image.internal.build.LocalTree",
                            "dev.davit.image.internal.build.TreeScan",
                            "dev.davit.image.internal.fs.FsCache",
                            "dev.davit.image.internal.fs.LayerIndex",
                            "dev.davit.image.internal.fs.PlaceOnDisk",
                            "dev.davit.image.internal.layout.BlobFiles",
                            "dev.davit.image.internal.layout.BlobFolder",
                            "dev.davit.image.internal.layout.LayoutFiles",
                            "dev.davit.image.internal.layout.LayoutLock",
                            "dev.davit.image.internal.layout.SmallFiles",
                            "dev.davit.image.internal.unpack.NioHandle",
                            "dev.davit.image.internal.unpack.NioTree",
                            "dev.davit.image.internal.unpack.UnpackRoot",
                            "dev.davit.image.internal.unpack.XattrReader",
                            "dev.davit.oci.HostPlatform",
                            "dev.davit.oci.content.TemporaryStore",
                            "dev.davit.oci.internal.BlobDirectory",
                            "dev.davit.oci.internal.CacheFolder",
                            "dev.davit.oci.internal.FolderTree",
                            "dev.davit.oci.internal.PartialFile",
                            "dev.davit.registry.LocalFiles")),
            // java.lang.foreign is bound by reflection, so it is its method handles that are seen
            new Edge(
                    "system calls",
                    List.of("java.lang.invoke.MethodHandle.invoke"),
                    List.of("dev.davit.image.internal.unpack.SystemCall")),
            new Edge(
                    "sockets",
                    List.of(
                            "java.net.Socket",
                            "java.net.ServerSocket",
                            "java.net.InetAddress",
                            "java.net.URL",
                            "java.net.http",
                            "java.nio.channels.SocketChannel",
                            "java.nio.channels.ServerSocketChannel",
                            "javax.net"),
                    List.of(
                            "dev.davit.cri.internal.Endpoint",
                            "dev.davit.cri.internal.UnixSocket",
                            "dev.davit.cri.internal.UnixSocketFactory",
                            "dev.davit.cri.internal.stream.Connection",
                            "dev.davit.cri.internal.stream.LocalPort",
                            "dev.davit.registry.AddressClass",
                            "dev.davit.registry.ClientCertificate",
                            "dev.davit.registry.NoDelaySocketFactory",
                            "dev.davit.registry.WideSocket",
                            "dev.davit.registry.NoProxy",
                            "dev.davit.registry.Transport",
                            "dev.davit.registry.TrustedCertificates")),
            new Edge(
                    "HTTP",
                    // HttpUrl and Challenge are values, which cross nothing
                    List.of(
                            "okhttp3.Call",
                            "okhttp3.Connection",
                            "okhttp3.Interceptor",
                            "okhttp3.OkHttpClient",
                            "okhttp3.Request",
                            "okhttp3.RequestBody",
                            "okhttp3.Response",
                            "okhttp3.ResponseBody",
                            "okio"),
                    List.of(
                            "dev.davit.registry.BlobBody",
                            "dev.davit.registry.StandstillWatch",
                            "dev.davit.registry.InterruptGuard",
                            "dev.davit.registry.Proxies",
                            "dev.davit.registry.Reply",
                            "dev.davit.registry.Transport")),
            new Edge(
                    "gRPC",
                    List.of("io.grpc", "com.google.protobuf"),
                    List.of(
                            "dev.davit.cri.ConfigJson",
                            "dev.davit.cri.ContainerSpec",
                            "dev.davit.cri.ContainerdContent",
                            "dev.davit.cri.ContainerdInputStream",
                            "dev.davit.cri.CriContainers",
                            "dev.davit.cri.EventFlow",
                            "dev.davit.cri.Exchange",
                            "dev.davit.cri.Failures",
                            "dev.davit.cri.Wire",
                            "dev.davit.cri.internal.Endpoint")),
            new Edge(
                    "processes",
                    List.of("java.lang.ProcessBuilder", "java.lang.Runtime.exec", "java.lang.ProcessHandle"),
                    List.of("dev.davit.registry.CredentialHelper")),
            new Edge(
                    "clock",
                    List.of(
                            "java.lang.System.currentTimeMillis",
                            "java.time.Clock.system",
                            "java.time.Instant.now",
                            "java.time.LocalDate.now",
                            "java.time.LocalDateTime.now",
                            "java.time.OffsetDateTime.now",
                            "java.time.ZonedDateTime.now",
                            "java.util.Date.<init>"),
                    List.of(
                            "dev.davit.cri.ContainerdStore",
                            "dev.davit.cri.EventCollector",
                            "dev.davit.image.OciLayout",
                            "dev.davit.oci.internal.BlobDirectory",
                            "dev.davit.oci.internal.CacheFolder",
                            "dev.davit.registry.RetryAfter")),
            new Edge(
                    "surroundings",
                    List.of("java.lang.System.getenv", "java.lang.System.getProperty"),
                    List.of(
                            "dev.davit.cri.internal.Discovery",
                            "dev.davit.image.internal.LocalNames",
                            "dev.davit.image.internal.SourceDate",
                            "dev.davit.image.internal.unpack.SystemCall",
                            "dev.davit.oci.HostPlatform",
                            "dev.davit.oci.content.TemporaryStore",
                            "dev.davit.registry.Surroundings")));

    /**
     * One row of the table.
     *
     * @param beyond what lies behind the edge: packages, classes, and methods by the start of their names
     * @param crossedBy who may use it: packages and outermost classes
     */
    record Edge(String name, List<String> beyond, List<String> crossedBy) {
        boolean isCrossedBy(JavaAccess<?> access) {
            String owner = access.getTargetOwner().getFullName();
            String member = owner + "." + access.getName();
            return beyond.stream()
                    .anyMatch(name -> owner.equals(name)
                            || owner.startsWith(name + ".")
                            || owner.startsWith(name + "$")
                            || (name.startsWith(owner + ".") && member.startsWith(name)));
        }

        boolean isOpenTo(JavaClass type) {
            return crossedBy.contains(type.getPackageName())
                    || crossedBy.contains(Published.outermost(type).getName());
        }

        Stream<? extends JavaAccess<?>> crossings() {
            return Stream.of("dev.davit.oci", "dev.davit.image", "dev.davit.registry", "dev.davit.cri")
                    .flatMap(Published::classesOf)
                    .flatMap(type -> type.getAccessesFromSelf().stream())
                    .filter(this::isCrossedBy);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Edge> edges() {
        return EDGES;
    }

    @ParameterizedTest
    @MethodSource("edges")
    void an_edge_is_crossed_only_where_the_table_says_so(Edge edge) {
        Set<String> strangers = new TreeSet<>();
        edge.crossings()
                .filter(access -> !edge.isOpenTo(access.getOriginOwner()))
                .forEach(access -> strangers.add(
                        Published.outermost(access.getOriginOwner()).getName() + " uses "
                                + access.getTargetOwner().getFullName() + "." + access.getName()));
        assertThat(strangers).as("crossings of the edge %s", edge).isEmpty();
    }

    @Test
    void the_table_names_nobody_who_crosses_no_edge() {
        Set<String> idle = new TreeSet<>();
        for (Edge edge : EDGES) {
            Set<String> names = new TreeSet<>(edge.crossedBy());
            edge.crossings().map(JavaAccess::getOriginOwner).forEach(type -> {
                names.remove(type.getPackageName());
                names.remove(Published.outermost(type).getName());
            });
            names.forEach(name -> idle.add(edge + ": " + name));
        }
        assertThat(idle).isEmpty();
    }
}
