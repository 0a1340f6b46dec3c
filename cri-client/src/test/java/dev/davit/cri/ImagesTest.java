package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.raw.AuthConfig;
import dev.davit.cri.raw.PullImageRequest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ImagesTest {
    private final FakeServices services = new FakeServices();
    private FakeRuntime runtime;
    private CriClient cri;

    @BeforeEach
    void connect() throws IOException {
        runtime = FakeRuntime.serving(services.all());
        cri = CriClient.builder()
                .endpoint(runtime.endpoint())
                .credentials(CredentialSource.of("registry.example", new Credentials("user", "s3cret")))
                .connect();
    }

    @AfterEach
    void disconnect() throws IOException {
        cri.close();
        runtime.close();
    }

    @Test
    void pulls_and_says_what_the_node_has_now() {
        NodeImage image = cri.images().pull("localhost:5000/web:1");
        assertThat(image.tags()).containsExactly("localhost:5000/web:1");
        assertThat(image.id()).startsWith("sha256:");
        assertThat(image.size()).isEqualTo(4096);
        assertThat(cri.images().list()).containsExactly(image);
        assertThat(cri.images().status("localhost:5000/web:1")).contains(image);
        cri.images().remove("localhost:5000/web:1");
        assertThat(cri.images().status("localhost:5000/web:1")).isEmpty();
        assertThat(cri.images().list()).isEmpty();
    }

    @Test
    void lists_only_the_image_that_is_asked_for() {
        NodeImage web = cri.images().pull("localhost:5000/web:1");
        cri.images().pull("localhost:5000/other:1");
        assertThat(cri.images().list("localhost:5000/web:1")).containsExactly(web);
        assertThat(cri.images().list("localhost:5000/none:1")).isEmpty();
    }

    @Test
    void completes_a_short_name() {
        cri.images().pull("busybox");
        assertThat(services.request(PullImageRequest.class).getImage().getImage())
                .isEqualTo("docker.io/library/busybox:latest");
    }

    @Test
    void sends_credentials_for_the_registry_of_the_image_alone() {
        cri.images().pull("registry.example/web:1");
        AuthConfig auth = services.request(PullImageRequest.class).getAuth();
        assertThat(auth.getUsername()).isEqualTo("user");
        assertThat(auth.getPassword()).isEqualTo("s3cret");
        assertThat(auth.getServerAddress()).isEqualTo("https://registry.example");
        services.requests.clear();
        cri.images().pull("other.example/web:1");
        assertThat(services.request(PullImageRequest.class).hasAuth()).isFalse();
    }

    @Test
    void sends_the_credentials_that_it_is_given() {
        cri.images().pull("other.example:5000/web:1", new Credentials("me", "mine"));
        AuthConfig auth = services.request(PullImageRequest.class).getAuth();
        assertThat(auth.getUsername()).isEqualTo("me");
        assertThat(auth.getServerAddress()).isEqualTo("https://other.example:5000");
    }

    @Test
    void knows_docker_hub_by_the_name_that_runtimes_use() {
        cri.images().pull("acme/web:1", new Credentials("me", "mine"));
        assertThat(services.request(PullImageRequest.class).getAuth().getServerAddress())
                .isEqualTo("https://registry-1.docker.io");
    }

    @Test
    void refuses_what_is_no_reference_before_any_call() {
        assertThatThrownBy(() -> cri.images().pull("UPPER:::x")).isInstanceOf(MalformedContentException.class);
        assertThat(services.calls).doesNotContain("pull");
    }

    @Test
    void says_that_a_registry_does_not_have_an_image() {
        services.pullFailure = Status.NOT_FOUND.withDescription("failed to pull and unpack image \"h/x:1\": failed to"
                + " resolve reference \"h/x:1\": h.example/x:1: not found");
        assertThatThrownBy(() -> cri.images().pull("h.example/x:1"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage("cannot pull image h.example/x:1: h.example/x:1: not found")
                .hasCauseInstanceOf(CriException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pulling from host h failed with status code [manifests 1]: 401 Unauthorized",
                "unexpected status from HEAD request to http://h/v2/x/manifests/1: 403 Forbidden",
                "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
                "reading manifest 1 in h/x: unauthorized: authentication required",
            })
    void says_that_a_registry_wants_other_credentials(String text) {
        services.pullFailure = Status.UNKNOWN.withDescription(text);
        assertThatThrownBy(() -> cri.images().pull("registry.example/x:1"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageStartingWith("cannot pull image registry.example/x:1: ")
                .hasCauseInstanceOf(CriException.class);
    }

    @Test
    void a_failure_that_only_looks_like_that_is_another_one() {
        services.pullFailure = Status.UNKNOWN.withDescription("Head \"https://h/v2/401/manifests/403\": EOF");
        assertThatThrownBy(() -> cri.images().pull("registry.example/401:403"))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot pull image registry.example/401:403: Head \"https://h/v2/401/manifests/403\": EOF");
    }

    @Test
    void no_failure_shows_a_secret() {
        services.pullFailure = Status.UNKNOWN.withDescription("no");
        try {
            cri.images().pull("registry.example/x:1");
        } catch (CriException e) {
            StringWriter everything = new StringWriter();
            e.printStackTrace(new PrintWriter(everything));
            assertThat(everything.toString()).doesNotContain("s3cret");
            return;
        }
        throw new AssertionError("expected a failure");
    }
}
