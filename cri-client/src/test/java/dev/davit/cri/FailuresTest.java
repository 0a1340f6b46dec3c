package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.AlreadyExistsException;
import dev.davit.oci.DavitException;
import dev.davit.oci.NotFoundException;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The texts are those of containerd 1.6, 1.7 and 2.1. */
class FailuresTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/nope\": stat /nope: no such file or directory: unknown"
                        + " # exec: \"/nope\": stat /nope: no such file or directory",
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: mkdir /etc/passwd: not a directory"
                        + " # mkdir /etc/passwd: not a directory",
                "failed to exec in container: failed to start exec \"8a0b\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"/nope\": stat /nope: no such file or directory: unknown"
                        + " # exec: \"/nope\": stat /nope: no such file or directory",
                "failed to get sandbox runtime: no runtime for \"kata\" is configured # no runtime for \"kata\" is configured",
                "unable to get OCI runtime for sandbox \"2c20\": no runtime for \"kata\" is configured # no runtime for \"kata\" is configured",
                "failed to pull and unpack image \"h:1/x:1\": failed to resolve image: failed to do request: Head \"https://h:1/v2/x/manifests/1\": dial tcp 127.0.0.1:1: connect: connection refused"
                        + " # Head \"https://h:1/v2/x/manifests/1\": dial tcp 127.0.0.1:1: connect: connection refused",
                "an error occurred when try to find sandbox: not found # not found",
                "an error occurred when try to find container \"nope\": not found # not found",
                "failed to generate container \"a1b2\" spec: failed to generate spec opts: no privileged container allowed in"
                        + " sandbox # no privileged container allowed in sandbox",
                "sandbox config must include metadata # sandbox config must include metadata",
                "failed to frobnicate # failed to frobnicate",
            })
    void leaves_the_reason_of_what_layers_of_a_runtime_have_wrapped(String text, String reason) {
        assertThat(Failures.reason(Status.UNKNOWN.withDescription(text))).isEqualTo(reason);
    }

    @Test
    void hides_what_may_be_secret_in_an_address() {
        String text = "Get \"https://user:pass@cdn.example/blob?X-Signature=abc&token=def\": unexpected EOF";
        assertThat(Failures.reason(Status.UNKNOWN.withDescription(text)))
                .isEqualTo("Get \"https://cdn.example/blob?...\": unexpected EOF");
    }

    @Test
    void makes_one_line_of_hostile_text() {
        assertThat(Failures.reason(Status.UNKNOWN.withDescription("two\nlines\u001b[2J" + "x".repeat(1000))))
                .startsWith("two\\u000alines\\u001b[2J")
                .hasSizeLessThan(300);
    }

    @Test
    void names_the_code_where_there_is_no_text() {
        assertThat(Failures.reason(Status.INTERNAL)).isEqualTo("INTERNAL");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"OK", "NOT_FOUND", "UNAVAILABLE", "UNIMPLEMENTED"},
            mode = EnumSource.Mode.EXCLUDE)
    void keeps_the_status_code(Status.Code code) {
        DavitException e = map(code.toStatus().withDescription("went wrong"));
        assertThat(e)
                .hasMessage("cannot stop pod p: went wrong")
                .hasCauseInstanceOf(io.grpc.StatusRuntimeException.class)
                .isInstanceOfSatisfying(
                        CriException.class, cri -> assertThat(cri.code().name()).isEqualTo(code.name()));
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNKNOWN", "FAILED_PRECONDITION"})
    void a_taken_name_is_told_apart_whatever_its_status_code(Status.Code code) {
        String text = "failed to reserve sandbox name \"p_default_u_0\"; check if another request is in progress: name"
                + " \"p_default_u_0\" is reserved for \"cadd3363b716\"";
        assertThat(map(code.toStatus().withDescription(text)))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessage("cannot stop pod p: there is one with the same name, its ID is cadd3363b716")
                .hasCauseInstanceOf(CriException.class);
    }

    @Test
    void what_is_not_found_is_told_apart() {
        assertThat(map(Status.NOT_FOUND.withDescription("an error occurred when try to find sandbox: not found")))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("cannot stop pod p: not found")
                .hasCauseInstanceOf(CriException.class);
    }

    @Test
    void a_stopped_pod_is_in_the_wrong_state_and_not_missing() {
        assertThat(map(Status.NOT_FOUND.withDescription(
                        "failed to get sandbox container task: no running task found: task"
                                + " 0faf59 not found: not found")))
                .isInstanceOf(WrongStateException.class)
                .hasMessage("cannot stop pod p: no running task found: task 0faf59 not found: not found");
        assertThat(map(Status.NOT_FOUND.withDescription("failed to find sandbox id \"p\"")))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void says_that_a_runtime_is_too_old_for_a_call() {
        assertThat(map(Status.UNIMPLEMENTED.withDescription("method RuntimeConfig not implemented")))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot stop pod p: this runtime does not know how (method RuntimeConfig not implemented)");
    }

    @Test
    void tells_our_deadline_from_one_of_the_runtime() {
        Status ours =
                Status.DEADLINE_EXCEEDED.withDescription("CallOptions deadline exceeded after 0.1s. Name resolution");
        assertThat(Failures.of("stop pod p", null, true, ours.asRuntimeException()))
                .hasMessage("cannot stop pod p: no answer in time");
        Status theirs = Status.DEADLINE_EXCEEDED.withDescription("timeout 1s exceeded: context deadline exceeded");
        assertThat(map(theirs)).hasMessage("cannot stop pod p: timeout 1s exceeded: context deadline exceeded");
    }

    private static DavitException map(Status status) {
        return Failures.of("stop pod p", null, false, status.asRuntimeException());
    }
}
