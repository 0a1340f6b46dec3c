package dev.davit.testkit;

import dev.davit.cri.CriClient;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningPod;
import dev.davit.testkit.internal.PodScope;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Pods for the tests of a class, in JUnit 5.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final ContainerdExtension cri = ContainerdExtension.create();
 *
 * @Test
 * void greets() {
 *     RunningPod pod = cri.run(PodSpec.named("greeter"));
 *     RunningContainer hello = pod.start(ContainerSpec.of("hello", image));
 *     assertThat(hello.waitForExit(Duration.ofSeconds(30))).isZero();
 * }
 * }</pre>
 *
 * <p>A pod that a test runs is removed after it with all its containers, also if the test fails; one that is run before all
 * tests, after all of them. What the containers of a test that fails have written goes to its report, as an entry for each
 * container and as a suppressed exception of the failure, which every runner shows.
 *
 * <p>In a static field the runtime is there for all tests of the class and of those nested in it, in any other for one test.
 * Where it cannot be started, the tests are skipped with one line that says why; with {@code DAVIT_REQUIRE_ALL=1} in the
 * environment they fail.
 *
 * <p>Thread-safe: tests may run at the same time. Pods that a test runs on threads that were there before it began are
 * taken for those of the class.
 */
public final class ContainerdExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final String ENDPOINT = "CONTAINER_RUNTIME_ENDPOINT";

    private final Supplier<Runner> starter;
    private final Map<String, PodScope> tests = new ConcurrentHashMap<>();

    @SuppressWarnings("ThreadLocalUsage") // a class may have several extensions, each with its own pods
    private final InheritableThreadLocal<@Nullable PodScope> test = new InheritableThreadLocal<>();

    private @Nullable Runner runtime;
    private @Nullable PodScope all;
    private String owner = "";

    /** Something with a client, and how it is ended. */
    private record Runner(CriClient client, Runnable end) {}

    private ContainerdExtension(Supplier<Runner> starter) {
        this.starter = starter;
    }

    /** {@return an extension with a containerd of its own: see {@link ContainerdInstance}} */
    public static ContainerdExtension create() {
        return create(ContainerdInstance.builder());
    }

    /**
     * Makes an extension with a containerd of its own.
     *
     * @param settings which containerd
     * @return the extension
     */
    public static ContainerdExtension create(ContainerdInstance.Builder settings) {
        return new ContainerdExtension(() -> own(settings));
    }

    /**
     * Makes an extension with the runtime that the environment variable {@code CONTAINER_RUNTIME_ENDPOINT} names, or with a
     * containerd of its own if it names none.
     *
     * @return the extension
     */
    public static ContainerdExtension fromEnvironment() {
        String endpoint = System.getenv(ENDPOINT);
        if (endpoint == null || endpoint.isEmpty()) {
            return create();
        }
        return new ContainerdExtension(() -> {
            CriClient client = CriClient.connect(endpoint);
            return new Runner(client, client::close);
        });
    }

    private static Runner own(ContainerdInstance.Builder settings) {
        String missing = String.join("; ", settings.missingParts());
        if (!missing.isEmpty()) {
            if ("1".equals(System.getenv("DAVIT_REQUIRE_ALL"))) {
                Assertions.fail("cannot start a containerd: " + missing + " (required by DAVIT_REQUIRE_ALL)");
            }
            Assumptions.abort("cannot start a containerd: " + missing);
        }
        ContainerdInstance instance = settings.start();
        return new Runner(instance.client(), instance::close);
    }

    /**
     * Runs a pod that is removed after the test.
     *
     * @param spec what it is to be like
     * @return the pod; it may be closed before
     * @throws dev.davit.cri.CriException if the runtime fails
     * @throws IllegalStateException outside a test
     */
    public RunningPod run(PodSpec spec) {
        RunningPod pod = client().pods().run(spec);
        PodScope scope = test.get();
        (scope == null ? allTests() : scope).add(pod);
        return pod;
    }

    /**
     * Gives the client of the runtime. Pods that are run with it belong to whoever runs them.
     *
     * @return the client, which lives as long as the runtime
     * @throws IllegalStateException outside a test
     */
    public synchronized CriClient client() {
        return running().client();
    }

    private synchronized PodScope allTests() {
        return Objects.requireNonNull(all);
    }

    private Runner running() {
        if (runtime == null) {
            throw new IllegalStateException("there is a runtime only while the tests run");
        }
        return runtime;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        start(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        start(context);
        PodScope scope = new PodScope(client());
        tests.put(context.getUniqueId(), scope);
        test.set(scope);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        PodScope scope = tests.remove(context.getUniqueId());
        test.remove();
        try {
            if (scope != null) {
                scope.close(context);
            }
        } finally {
            end(context);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end(context);
    }

    private synchronized void start(ExtensionContext context) {
        if (runtime == null) {
            runtime = starter.get();
            all = new PodScope(runtime.client());
            owner = context.getUniqueId();
        }
    }

    /** Ends the runtime with the class or the test for which it was started. */
    private synchronized void end(ExtensionContext context) {
        if (runtime == null || !owner.equals(context.getUniqueId())) {
            return;
        }
        Runner ending = runtime;
        runtime = null;
        try {
            allTests().close(context);
        } finally {
            ending.end().run();
        }
    }
}
