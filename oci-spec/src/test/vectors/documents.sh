#!/bin/bash
# Makes images with the tools of the field and writes their documents to the folder that is its argument, one file each,
# named by tool, image and kind. As root; takes docker, dockerd, docker-registry, buildah, skopeo, umoci and ctr with a
# containerd from the PATH.
set -eu
out=$(readlink -f "$1")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

mkdir registry docker containerd
cat > registry.yml <<END
version: 0.1
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: 127.0.0.1:5917}
END
docker-registry serve registry.yml >/dev/null 2>&1 &
dockerd --data-root "$work/docker/data" --exec-root "$work/docker/exec" --pidfile "$work/docker/pid" --host unix://$work/docker.sock \
    --bridge none --iptables=false --storage-driver vfs >/dev/null 2>&1 &
export DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=0
cat > containerd.toml <<END
version = 2
root = "$work/containerd/root"
state = "$work/containerd/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]
[grpc]
address = "$work/containerd.sock"
END
containerd --config containerd.toml >/dev/null 2>&1 &
sleep 3
for socket in docker.sock containerd.sock; do
    for i in $(seq 100); do [ -S $socket ] && break; sleep 0.1; done
done

# $1 = name of the result, $2 = place, as skopeo writes it: keeps the manifest and the configuration
keep() {
    skopeo inspect --tls-verify=false --raw "$2" > "$out/$1.manifest.json"
    skopeo inspect --tls-verify=false --raw --config "$2" > "$out/$1.config.json"
}

mkdir context && echo hello > context/hello
cat > context/Dockerfile <<'END'
FROM scratch
LABEL org.opencontainers.image.title="größe" quoted="a\"b\\c"
ENV GREETING="hello world" EMPTY=
COPY hello /hello
EXPOSE 8080 9090/udp
VOLUME ["/data", "/log"]
WORKDIR /srv
USER 65532:65532
STOPSIGNAL SIGQUIT
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
HEALTHCHECK --interval=30s --timeout=1500ms --start-period=5s --retries=3 CMD ["/hello", "--check"]
ONBUILD COPY . /app
COPY --chown=1:2 hello /again
ENTRYPOINT ["/hello"]
CMD ["--verbose"]
END
docker build --quiet --tag 127.0.0.1:5917/docker:1 context >/dev/null
docker push --quiet 127.0.0.1:5917/docker:1 >/dev/null
keep docker docker://127.0.0.1:5917/docker:1
skopeo copy --quiet --src-tls-verify=false --format oci docker://127.0.0.1:5917/docker:1 oci:skopeo:1
keep skopeo-oci oci:skopeo:1
skopeo copy --quiet --src-tls-verify=false --format oci --dest-compress-format zstd docker://127.0.0.1:5917/docker:1 oci:zstd:1
keep skopeo-zstd oci:zstd:1

export STORAGE_DRIVER=vfs
buildah() { command buildah --root "$work/buildah" --runroot "$work/buildah-run" "$@"; }
for format in oci docker; do
    container=$(buildah from scratch)
    buildah copy -q "$container" context/hello /hello >/dev/null
    buildah config --label a=b --env C=d --port 80/tcp --volume /v --cmd '["x"]' --entrypoint '["/hello"]' --user 1 \
        --workingdir /w --annotation e=f --stop-signal TERM --author me --comment "a remark" \
        --history-comment "a step" --created-by "by hand" --onbuild "RUN x" --shell "/bin/sh -c" "$container" 2>/dev/null
    buildah commit -q --format $format "$container" $format >/dev/null
    buildah push -q --tls-verify=false $format docker://127.0.0.1:5917/buildah:$format >/dev/null 2>&1
    keep buildah-$format docker://127.0.0.1:5917/buildah:$format
    buildah manifest create list-$format >/dev/null
    buildah manifest add --os linux --arch arm --variant v7 --annotation g=h list-$format \
        docker://127.0.0.1:5917/buildah:$format --tls-verify=false >/dev/null
    buildah manifest push --all --tls-verify=false --format $([ $format = oci ] && echo oci || echo v2s2) \
        list-$format docker://127.0.0.1:5917/buildah:list-$format >/dev/null 2>&1
    skopeo inspect --tls-verify=false --raw docker://127.0.0.1:5917/buildah:list-$format > "$out/buildah-$format.index.json"
    buildah rm "$container" >/dev/null
done

umoci init --layout umoci >/dev/null
umoci new --image umoci:1
tar -cf layer.tar -C context hello
umoci raw add-layer --image umoci:1 layer.tar >/dev/null 2>&1
umoci config --image umoci:1 --author me --config.env A=b --config.label c=d --config.cmd x --config.exposedports 80 \
    --config.volume /v --config.user 1 --config.workingdir /w --config.stopsignal SIGTERM --manifest.annotation e=f
keep umoci oci:umoci:1
cp umoci/index.json "$out/umoci.index.json"
cp umoci/oci-layout "$out/umoci.layout.json"

ctr() { command ctr --address "$work/containerd.sock" "$@"; }
skopeo copy --quiet oci:umoci:1 oci-archive:umoci.tar:example.test/umoci:1
ctr images import --all-platforms --digests umoci.tar >/dev/null
ctr images export --all-platforms exported.tar "$(ctr images list -q | head -n 1)"
mkdir exported && tar -xf exported.tar -C exported
cp exported/index.json "$out/containerd.index.json"
cp exported/oci-layout "$out/containerd.layout.json"
skopeo copy --quiet --src-tls-verify=false docker://127.0.0.1:5917/docker:1 docker-archive:docker.tar:example.test/docker:1
ctr images import docker.tar >/dev/null
ctr images export docker-exported.tar example.test/docker:1
mkdir docker-exported && tar -xf docker-exported.tar -C docker-exported
cp docker-exported/index.json "$out/containerd-docker.index.json"
digest=$(sed 's/.*"digest":"sha256:\([0-9a-f]*\)".*/\1/' docker-exported/index.json)
cp "docker-exported/blobs/sha256/$digest" "$out/containerd-docker.manifest.json"
