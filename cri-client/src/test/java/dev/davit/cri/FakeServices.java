package dev.davit.cri;

import dev.davit.cri.raw.Container;
import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.ContainerEventResponse;
import dev.davit.cri.raw.ContainerState;
import dev.davit.cri.raw.ContainerStatusRequest;
import dev.davit.cri.raw.ContainerStatusResponse;
import dev.davit.cri.raw.CreateContainerRequest;
import dev.davit.cri.raw.CreateContainerResponse;
import dev.davit.cri.raw.ExecRequest;
import dev.davit.cri.raw.ExecResponse;
import dev.davit.cri.raw.ExecSyncRequest;
import dev.davit.cri.raw.ExecSyncResponse;
import dev.davit.cri.raw.GetEventsRequest;
import dev.davit.cri.raw.Image;
import dev.davit.cri.raw.ImageServiceGrpc.ImageServiceImplBase;
import dev.davit.cri.raw.ImageStatusRequest;
import dev.davit.cri.raw.ImageStatusResponse;
import dev.davit.cri.raw.ListContainersRequest;
import dev.davit.cri.raw.ListContainersResponse;
import dev.davit.cri.raw.ListImagesRequest;
import dev.davit.cri.raw.ListImagesResponse;
import dev.davit.cri.raw.ListPodSandboxRequest;
import dev.davit.cri.raw.ListPodSandboxResponse;
import dev.davit.cri.raw.PodSandbox;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.PodSandboxState;
import dev.davit.cri.raw.PodSandboxStatusRequest;
import dev.davit.cri.raw.PodSandboxStatusResponse;
import dev.davit.cri.raw.PullImageRequest;
import dev.davit.cri.raw.PullImageResponse;
import dev.davit.cri.raw.RemoveContainerRequest;
import dev.davit.cri.raw.RemoveContainerResponse;
import dev.davit.cri.raw.RemoveImageRequest;
import dev.davit.cri.raw.RemoveImageResponse;
import dev.davit.cri.raw.RemovePodSandboxRequest;
import dev.davit.cri.raw.RemovePodSandboxResponse;
import dev.davit.cri.raw.RunPodSandboxRequest;
import dev.davit.cri.raw.RunPodSandboxResponse;
import dev.davit.cri.raw.RuntimeServiceGrpc.RuntimeServiceImplBase;
import dev.davit.cri.raw.StartContainerRequest;
import dev.davit.cri.raw.StartContainerResponse;
import dev.davit.cri.raw.StatusRequest;
import dev.davit.cri.raw.StatusResponse;
import dev.davit.cri.raw.StopContainerRequest;
import dev.davit.cri.raw.StopContainerResponse;
import dev.davit.cri.raw.StopPodSandboxRequest;
import dev.davit.cri.raw.StopPodSandboxResponse;
import dev.davit.cri.raw.VersionRequest;
import dev.davit.cri.raw.VersionResponse;
import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * A runtime that keeps books and runs nothing. It answers as containerd does, notes each call, and can be told to fail or
 * to hang in some.
 */
final class FakeServices {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<Object> requests = new CopyOnWriteArrayList<>();
    final Map<String, PodSandboxConfig> pods = new ConcurrentHashMap<>();
    final Map<String, ContainerConfig> containers = new ConcurrentHashMap<>();
    final Map<String, ContainerState> states = new ConcurrentHashMap<>();
    final Map<String, String> podsOf = new ConcurrentHashMap<>();
    final List<String> images = new CopyOnWriteArrayList<>();
    final List<StreamObserver<ContainerEventResponse>> watchers = new CopyOnWriteArrayList<>();
    static final long CREATED_AT = 1_795_394_382_150_168_103L;
    final Set<String> notReady = ConcurrentHashMap.newKeySet();
    final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    volatile boolean tellsEvents = true;
    volatile String logPath = "";
    volatile StatusResponse status = StatusResponse.getDefaultInstance();
    volatile Status pullFailure = Status.OK;
    volatile String streamUrl = "";
    volatile ExecSyncResponse execAnswer = ExecSyncResponse.getDefaultInstance();

    private final Map<String, Status> failures = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> hanging = new ConcurrentHashMap<>();
    private final Map<String, Late> late = new ConcurrentHashMap<>();
    private int count;

    /** Lets a call do its work and then fail. */
    void failIn(String call, Status status) {
        failures.put(call, status);
    }

    /** Lets a call do its work and then never answer. */
    CountDownLatch hangIn(String call) {
        CountDownLatch reached = new CountDownLatch(1);
        hanging.put(call, reached);
        return reached;
    }

    /** Lets a call wait with its work and its answer until it is told to do them. */
    Late delayIn(String call) {
        Late delayed = new Late();
        late.put(call, delayed);
        return delayed;
    }

    /** A call that has not happened yet. */
    static final class Late {
        final CountDownLatch reached = new CountDownLatch(1);
        private volatile Runnable rest = () -> {};

        /** Does the work of the call and answers it, whether somebody still waits or not. */
        void happen() {
            rest.run();
        }
    }

    /** How often a call was made. */
    long count(String call) {
        return calls.stream().filter(call::equals).count();
    }

    void heal() {
        failures.clear();
        hanging.clear();
        late.clear();
    }

    <R> R request(Class<R> type) {
        return requests.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    BindableService[] all() {
        return new BindableService[] {new RuntimeCalls(), new ImageCalls()};
    }

    private synchronized String nextId(String kind) {
        return kind + "-" + ++count;
    }

    private <R> void answer(String call, Object request, StreamObserver<R> observer, Supplier<R> work) {
        calls.add(call);
        requests.add(request);
        ((ServerCallStreamObserver<R>) observer).setOnCancelHandler(() -> cancelled.add(call));
        Late delayed = late.remove(call);
        if (delayed == null) {
            answer(call, observer, work);
        } else {
            delayed.rest = () -> {
                try {
                    answer(call, observer, work);
                } catch (io.grpc.StatusRuntimeException e) {
                    // Nobody waits for it any longer.
                }
            };
            delayed.reached.countDown();
        }
    }

    private <R> void answer(String call, StreamObserver<R> observer, Supplier<R> work) {
        R response;
        try {
            response = work.get();
        } catch (io.grpc.StatusRuntimeException e) {
            observer.onError(e);
            return;
        }
        CountDownLatch reached = hanging.get(call);
        Status failure = failures.get(call);
        if (reached != null) {
            reached.countDown();
        } else if (failure != null) {
            observer.onError(failure.asRuntimeException());
        } else {
            observer.onNext(response);
            observer.onCompleted();
        }
    }

    private static io.grpc.StatusRuntimeException notFound(String text) {
        return Status.NOT_FOUND.withDescription(text + ": not found").asRuntimeException();
    }

    private final class RuntimeCalls extends RuntimeServiceImplBase {
        @Override
        public void version(VersionRequest request, StreamObserver<VersionResponse> out) {
            answer(
                    "version",
                    request,
                    out,
                    () -> VersionResponse.newBuilder()
                            .setVersion("0.1.0")
                            .setRuntimeName("fake")
                            .setRuntimeVersion("1.2.3")
                            .setRuntimeApiVersion("v1")
                            .build());
        }

        @Override
        public void runPodSandbox(RunPodSandboxRequest request, StreamObserver<RunPodSandboxResponse> out) {
            answer("run", request, out, () -> {
                String id = nextId("pod");
                pods.put(id, request.getConfig());
                return RunPodSandboxResponse.newBuilder().setPodSandboxId(id).build();
            });
        }

        @Override
        public void stopPodSandbox(StopPodSandboxRequest request, StreamObserver<StopPodSandboxResponse> out) {
            answer("stopPod " + request.getPodSandboxId(), request, out, () -> {
                if (!pods.containsKey(request.getPodSandboxId())) {
                    throw notFound("an error occurred when try to find sandbox");
                }
                return StopPodSandboxResponse.getDefaultInstance();
            });
        }

        @Override
        public void removePodSandbox(RemovePodSandboxRequest request, StreamObserver<RemovePodSandboxResponse> out) {
            answer("removePod " + request.getPodSandboxId(), request, out, () -> {
                pods.remove(request.getPodSandboxId());
                return RemovePodSandboxResponse.getDefaultInstance();
            });
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
            answer("status", request, out, () -> status);
        }

        @Override
        public void podSandboxStatus(PodSandboxStatusRequest request, StreamObserver<PodSandboxStatusResponse> out) {
            answer("podStatus", request, out, () -> {
                PodSandboxConfig pod = pods.get(request.getPodSandboxId());
                if (pod == null) {
                    throw notFound("an error occurred when try to find sandbox");
                }
                PodSandboxStatusResponse.Builder response = PodSandboxStatusResponse.newBuilder();
                response.getStatusBuilder()
                        .setId(request.getPodSandboxId())
                        .setMetadata(pod.getMetadata())
                        .setState(PodSandboxState.SANDBOX_READY)
                        .setCreatedAt(CREATED_AT)
                        .putAllAnnotations(pod.getAnnotationsMap())
                        .getNetworkBuilder()
                        .setIp("10.1.2.3")
                        .addAdditionalIpsBuilder()
                        .setIp("fd00::3");
                return response.build();
            });
        }

        @Override
        public void listPodSandbox(ListPodSandboxRequest request, StreamObserver<ListPodSandboxResponse> out) {
            answer("listPods", request, out, () -> {
                ListPodSandboxResponse.Builder list = ListPodSandboxResponse.newBuilder();
                pods.forEach((id, pod) -> list.addItems(PodSandbox.newBuilder()
                        .setId(id)
                        .setState(
                                notReady.contains(id)
                                        ? PodSandboxState.SANDBOX_NOTREADY
                                        : PodSandboxState.SANDBOX_READY)
                        .setMetadata(pod.getMetadata())
                        .putAllAnnotations(pod.getAnnotationsMap())));
                return list.build();
            });
        }

        @Override
        public void createContainer(CreateContainerRequest request, StreamObserver<CreateContainerResponse> out) {
            answer("create " + request.getConfig().getMetadata().getName(), request, out, () -> {
                if (!pods.containsKey(request.getPodSandboxId())) {
                    throw notFound("failed to find sandbox id \"" + request.getPodSandboxId() + "\"");
                }
                if (!images.contains(request.getConfig().getImage().getImage())) {
                    throw notFound("failed to resolve image");
                }
                String id = nextId("container");
                containers.put(id, request.getConfig());
                podsOf.put(id, request.getPodSandboxId());
                states.put(id, ContainerState.CONTAINER_CREATED);
                return CreateContainerResponse.newBuilder().setContainerId(id).build();
            });
        }

        @Override
        public void startContainer(StartContainerRequest request, StreamObserver<StartContainerResponse> out) {
            answer("start", request, out, () -> {
                states.put(request.getContainerId(), ContainerState.CONTAINER_RUNNING);
                return StartContainerResponse.getDefaultInstance();
            });
        }

        @Override
        public void stopContainer(StopContainerRequest request, StreamObserver<StopContainerResponse> out) {
            answer("stop " + request.getContainerId(), request, out, () -> {
                if (!containers.containsKey(request.getContainerId())) {
                    throw notFound("an error occurred when try to find container");
                }
                states.put(request.getContainerId(), ContainerState.CONTAINER_EXITED);
                return StopContainerResponse.getDefaultInstance();
            });
        }

        @Override
        public void removeContainer(RemoveContainerRequest request, StreamObserver<RemoveContainerResponse> out) {
            answer("remove " + request.getContainerId(), request, out, () -> {
                containers.remove(request.getContainerId());
                return RemoveContainerResponse.getDefaultInstance();
            });
        }

        @Override
        public void containerStatus(ContainerStatusRequest request, StreamObserver<ContainerStatusResponse> out) {
            answer("containerStatus", request, out, () -> {
                ContainerConfig container = containers.get(request.getContainerId());
                if (container == null) {
                    throw notFound("an error occurred when try to find container");
                }
                ContainerState state = states.get(request.getContainerId());
                ContainerStatusResponse.Builder response = ContainerStatusResponse.newBuilder();
                response.getStatusBuilder()
                        .setId(request.getContainerId())
                        .setMetadata(container.getMetadata())
                        .setState(state)
                        .setCreatedAt(CREATED_AT)
                        .setStartedAt(state == ContainerState.CONTAINER_CREATED ? 0 : CREATED_AT + 1)
                        .setFinishedAt(state == ContainerState.CONTAINER_EXITED ? CREATED_AT + 2 : 0)
                        .setExitCode(137)
                        .setLogPath(logPath)
                        .setImage(container.getImage());
                return response.build();
            });
        }

        @Override
        public void listContainers(ListContainersRequest request, StreamObserver<ListContainersResponse> out) {
            answer("listContainers", request, out, () -> {
                ListContainersResponse.Builder list = ListContainersResponse.newBuilder();
                containers.forEach((id, container) -> list.addContainers(Container.newBuilder()
                        .setId(id)
                        .setPodSandboxId(podsOf.getOrDefault(id, ""))
                        .setMetadata(container.getMetadata())
                        .putAllAnnotations(container.getAnnotationsMap())
                        .setState(states.get(id))));
                return list.build();
            });
        }

        @Override
        public void getContainerEvents(GetEventsRequest request, StreamObserver<ContainerEventResponse> out) {
            calls.add("events");
            if (tellsEvents) {
                watchers.add(out);
            } else {
                out.onError(Status.UNIMPLEMENTED.asRuntimeException());
            }
        }

        @Override
        public void exec(ExecRequest request, StreamObserver<ExecResponse> out) {
            answer(
                    "ticket",
                    request,
                    out,
                    () -> ExecResponse.newBuilder().setUrl(streamUrl).build());
        }

        @Override
        public void execSync(ExecSyncRequest request, StreamObserver<ExecSyncResponse> out) {
            answer("exec", request, out, () -> execAnswer);
        }
    }

    private final class ImageCalls extends ImageServiceImplBase {
        @Override
        public void pullImage(PullImageRequest request, StreamObserver<PullImageResponse> out) {
            answer("pull", request, out, () -> {
                if (!pullFailure.isOk()) {
                    throw pullFailure.asRuntimeException();
                }
                images.add(request.getImage().getImage());
                return PullImageResponse.newBuilder()
                        .setImageRef(request.getImage().getImage())
                        .build();
            });
        }

        @Override
        public void imageStatus(ImageStatusRequest request, StreamObserver<ImageStatusResponse> out) {
            answer("imageStatus", request, out, () -> {
                String name = request.getImage().getImage();
                return images.contains(name)
                        ? ImageStatusResponse.newBuilder().setImage(image(name)).build()
                        : ImageStatusResponse.getDefaultInstance();
            });
        }

        @Override
        public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> out) {
            answer(
                    "listImages",
                    request,
                    out,
                    () -> ListImagesResponse.newBuilder()
                            .addAllImages(images.stream().map(ImageCalls::image).toList())
                            .build());
        }

        @Override
        public void removeImage(RemoveImageRequest request, StreamObserver<RemoveImageResponse> out) {
            answer("removeImage", request, out, () -> {
                images.remove(request.getImage().getImage());
                return RemoveImageResponse.getDefaultInstance();
            });
        }

        private static Image image(String name) {
            return Image.newBuilder()
                    .setId("sha256:" + "ab".repeat(32))
                    .addRepoTags(name)
                    .setSize(4096)
                    .build();
        }
    }
}
