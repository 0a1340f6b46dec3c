package dev.davit.benchmarks.cri;

import dev.davit.cri.ContainerSummary;
import dev.davit.cri.CriClient;
import dev.davit.cri.RuntimeVersion;
import dev.davit.cri.raw.ListContainersRequest;
import dev.davit.cri.raw.ListContainersResponse;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.davit.cri.raw.VersionRequest;
import dev.davit.cri.raw.VersionResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Round trips over a unix socket to a server in another JVM. The peer is gRPC's own blocking stub on the same channel, with
 * the generated classes: what is more than that is ours.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls what fills the fields
public class CriBenchmark {
    private Path folder = Path.of("");
    private Process server;
    private CriClient cri;
    private RuntimeServiceBlockingStub stub;

    /** Starts the server and connects. */
    @Setup(Level.Trial)
    public void start() throws IOException, InterruptedException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "davit-bench-");
        Path socket = folder.resolve("s");
        server = FakeCri.start(socket);
        cri = CriClient.connect(socket.toString());
        stub = RuntimeServiceGrpc.newBlockingStub(cri.channel());
    }

    /** Ends the server. */
    @TearDown(Level.Trial)
    public void stop() throws IOException {
        cri.close();
        server.destroy();
        server.onExit().join();
        Files.deleteIfExists(folder.resolve("s"));
        Files.delete(folder);
    }

    /** The smallest call. */
    @Benchmark
    public RuntimeVersion version() {
        return cri.runtime().version();
    }

    /** The smallest call of the peer. */
    @Benchmark
    public VersionResponse versionWithPeer() {
        return stub.version(VersionRequest.getDefaultInstance());
    }

    /** A list of 100 containers. */
    @Benchmark
    public List<ContainerSummary> listContainers() {
        return cri.containers().list();
    }

    /** A list of 100 containers by the peer. */
    @Benchmark
    public ListContainersResponse listContainersWithPeer() {
        return stub.listContainers(ListContainersRequest.getDefaultInstance());
    }
}
