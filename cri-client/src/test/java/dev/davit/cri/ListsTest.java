package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.raw.Container;
import dev.davit.cri.raw.ListContainersRequest;
import dev.davit.cri.raw.ListContainersResponse;
import dev.davit.cri.raw.RuntimeServiceGrpc.RuntimeServiceImplBase;
import dev.davit.cri.raw.StreamContainersRequest;
import dev.davit.cri.raw.StreamContainersResponse;
import dev.davit.cri.raw.VersionRequest;
import dev.davit.cri.raw.VersionResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lists of servers that stream them, and of those that do not. */
@Timeout(60)
class ListsTest {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private FakeRuntime runtime;

    private class Old extends RuntimeServiceImplBase {
        @Override
        public void version(VersionRequest request, StreamObserver<VersionResponse> out) {
            out.onNext(VersionResponse.getDefaultInstance());
            out.onCompleted();
        }

        @Override
        public void listContainers(ListContainersRequest request, StreamObserver<ListContainersResponse> out) {
            calls.add("whole " + request.getFilter().getLabelSelectorMap());
            out.onNext(ListContainersResponse.newBuilder()
                    .addContainers(Container.newBuilder().setId("old"))
                    .build());
            out.onCompleted();
        }
    }

    private final class Young extends Old {
        private final Status end;

        Young(Status end) {
            this.end = end;
        }

        @Override
        public void streamContainers(StreamContainersRequest request, StreamObserver<StreamContainersResponse> out) {
            calls.add("stream " + request.getFilter().getLabelSelectorMap());
            for (int i = 0; end.getCode() != Status.Code.UNIMPLEMENTED && i < 3; i++) {
                out.onNext(StreamContainersResponse.newBuilder()
                        .addContainers(Container.newBuilder().setId("young-" + i))
                        .build());
            }
            if (end.isOk()) {
                out.onCompleted();
            } else {
                out.onError(end.asRuntimeException());
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        runtime = FakeRuntime.serving(new Old());
    }

    @AfterEach
    void stop() throws IOException {
        runtime.close();
    }

    @Test
    void come_whole_from_a_server_that_does_not_stream_them() {
        try (CriClient cri = CriClient.connect(runtime.endpoint())) {
            ContainerFilter filter = ContainerFilter.all().label("a", "b");
            assertThat(cri.containers().list(filter))
                    .extracting(ContainerSummary::id)
                    .containsExactly("old");
            assertThat(cri.containers().list()).hasSize(1);
        }
        assertThat(calls).containsExactly("whole {a=b}", "whole {}");
    }

    @Test
    void come_in_parts_from_a_server_that_streams_them() throws IOException {
        runtime.stop();
        runtime.serve(new Young(Status.OK));
        try (CriClient cri = CriClient.connect(runtime.endpoint())) {
            assertThat(cri.containers().list(ContainerFilter.all().label("a", "b")))
                    .extracting(ContainerSummary::id)
                    .containsExactly("young-0", "young-1", "young-2");
        }
        assertThat(calls).containsExactly("stream {a=b}");
    }

    @Test
    void are_asked_for_in_parts_only_once_of_a_server_that_does_not_know_how() throws IOException {
        runtime.stop();
        runtime.serve(new Young(Status.UNIMPLEMENTED));
        try (CriClient cri = CriClient.connect(runtime.endpoint())) {
            assertThat(cri.containers().list()).hasSize(1);
            assertThat(cri.containers().list()).hasSize(1);
        }
        assertThat(calls).containsExactly("stream {}", "whole {}", "whole {}");
    }

    @Test
    void a_stream_that_breaks_is_a_failure_and_no_shorter_list() throws IOException {
        runtime.stop();
        runtime.serve(new Young(Status.INTERNAL.withDescription("out of luck")));
        try (CriClient cri = CriClient.connect(runtime.endpoint())) {
            assertThatThrownBy(() -> cri.containers().list())
                    .isInstanceOf(CriException.class)
                    .hasMessage("cannot list containers: out of luck");
        }
    }
}
