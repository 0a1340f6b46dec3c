package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.it.Parts;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdExtension;
import dev.davit.testkit.ContainerdInstance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What tests get from the extension, seen by running some that are none of ours. */
@Timeout(90)
class ContainerdExtensionTest {
    private static final List<String> SEEN = new ArrayList<>();

    /** Is run by the tests below alone: its name is none that is looked for. */
    @TestMethodOrder(MethodOrderer.MethodName.class)
    static class Guests {
        @RegisterExtension
        static final ContainerdExtension CRI =
                ContainerdExtension.create(ContainerdInstance.builder().programs(Parts.containerd("2.1")));

        private static Image busybox;
        private static RunningPod first;
        private static RunningPod shared;
        private static String endpoint;

        @BeforeAll
        static void prepare() {
            busybox = Busybox.build(LocalStore.inMemory(64 << 20));
            shared = CRI.run(PodSpec.named("shared").hostNetwork());
            endpoint = CRI.client().endpoint().orElseThrow();
        }

        @Test
        void a_fails() {
            first = CRI.run(PodSpec.named("greeter").hostNetwork());
            RunningContainer hello =
                    first.start(ContainerSpec.of("hello", busybox).args("echo the last words; exit 3"));
            assertThat(hello.waitForExit(Duration.ofSeconds(20))).isZero();
        }

        @Test
        void b_finds_nothing_of_the_test_before() {
            assertThatThrownBy(first::status).isInstanceOf(NotFoundException.class);
            assertThat(CRI.client().pods().list()).hasSize(1);
            assertThat(shared.status().name()).isEqualTo("shared");
        }

        @Nested
        class Inside {
            @Test
            void has_the_same_runtime() {
                assertThat(CRI.client().endpoint()).hasValue(endpoint);
            }
        }
    }

    static class Poor {
        @RegisterExtension
        static final ContainerdExtension CRI = ContainerdExtension.create();

        @Test
        void is_never_run() {
            SEEN.add("run");
        }
    }

    private static List<String> run(Class<?> guests) {
        List<String> events = new ArrayList<>();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(guests))
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                    String why = result.getThrowable()
                            .map(e -> e.getSuppressed().length == 0
                                    ? String.valueOf(e.getMessage())
                                    : e.getSuppressed()[0].getMessage())
                            .orElse("");
                    events.add(result.getStatus() + " " + test.getDisplayName() + " " + why);
                }
            }

            @Override
            public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
                events.add("REPORT " + test.getDisplayName() + " " + entry.getKeyValuePairs());
            }
        });
        return events;
    }

    @Test
    void removes_the_pods_of_a_test_and_reports_their_logs_if_it_fails() {
        Parts.containerd("2.1");
        List<String> events = run(Guests.class);
        String output = "EXITED with exit code 3\nthe last words";
        assertThat(events)
                .containsExactlyInAnyOrder(
                        "REPORT a_fails() {greeter/hello=" + output + "}",
                        "FAILED a_fails() container greeter/hello: " + output,
                        "SUCCESSFUL b_finds_nothing_of_the_test_before() ",
                        "SUCCESSFUL has_the_same_runtime() ");
        assertThatThrownBy(Guests.CRI::client).isInstanceOf(IllegalStateException.class);
        assertThat(Path.of(Guests.endpoint.substring("unix://".length()))).doesNotExist();
    }

    @Test
    void skips_with_one_line_where_there_is_no_containerd() {
        String system = System.getProperty("os.name");
        List<String> events;
        try {
            System.setProperty("os.name", "Plan 9");
            events = run(Poor.class);
        } finally {
            System.setProperty("os.name", system);
        }
        assertThat(SEEN).isEmpty();
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .startsWith("1".equals(System.getenv("DAVIT_REQUIRE_ALL")) ? "FAILED" : "ABORTED")
                        .contains("cannot start a containerd: containerd runs on Linux only")
                        .doesNotContain("\n"));
    }
}
