package dev.davit.cri;

import dev.davit.cri.internal.containerd.CreateRequest;
import dev.davit.cri.internal.containerd.DeleteRequest;
import dev.davit.cri.internal.containerd.LeasesGrpc;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Repository;
import dev.davit.oci.internal.BoundedInputStream;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.Text;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The images of containerd as a place to copy from and to: a {@link dev.davit.oci.content.Copier} moves images between it
 * and layouts, archives and registries. Names are whole references: {@code docker.io/library/busybox:1.36}.
 *
 * <p>As long as it is open, a lease keeps what was put into it; then only what has a name stays. A lease that is not given
 * back, because the process was killed, ends after a day.
 *
 * <p>Thread-safe. Who opens it closes it; it lives as long as its client.
 */
public final class ContainerdStore implements Repository, AutoCloseable {
    private static final Duration LEASE = Duration.ofDays(1);
    private static final String LEASE_HEADER = "containerd-lease";
    private static final String REFERS = "containerd.io/gc.ref.content.";

    private final Wire wire;
    private final ContainerdNames names;
    private final String lease;
    private final ContainerdContent content;
    private final Set<Digest> configs = ConcurrentHashMap.newKeySet();
    private volatile boolean unnamed;

    /**
     * Takes a lease.
     *
     * @param wire all its calls name the namespace
     */
    ContainerdStore(Wire wire, ContainerdNames names) {
        this.wire = wire;
        this.names = names;
        this.lease = "davit-" + UUID.randomUUID();
        Instant end = Instant.now().plus(LEASE).truncatedTo(ChronoUnit.SECONDS);
        CreateRequest request = CreateRequest.newBuilder()
                .setId(lease)
                .putLabels("containerd.io/gc.expire", end.toString())
                .build();
        wire.call("take a lease of containerd", LeasesGrpc.getCreateMethod(), request);
        this.content = new ContainerdContent(wire.with(LEASE_HEADER, lease), lease);
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return new StoredBlob(descriptor);
    }

    private final class StoredBlob implements Blob {
        private final Descriptor descriptor;

        StoredBlob(Descriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            content.require(descriptor);
            return VerifyingInputStream.of(content.open(descriptor, 0), descriptor, "containerd");
        }

        @Override
        public InputStream openRange(long from, long length) {
            BoundedInputStream.requireRange(from, length);
            content.require(descriptor);
            long left = Math.max(0, Math.min(length, descriptor.size() - from));
            return left == 0
                    ? InputStream.nullInputStream()
                    : new BoundedInputStream(content.open(descriptor, from), left);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws MalformedContentException if it is a manifest or an index that breaks the rules: what that refers to could not
     *     be kept
     */
    @Override
    public Outcome put(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        unnamed = true;
        if (!descriptor.mediaType().isDocument()) {
            return content.put(blob, Map.of());
        }
        ContentSource given = wanted -> blob;
        byte[] bytes = given.fetch(descriptor);
        return content.put(new ByteBlob(descriptor, bytes), references(descriptor, bytes));
    }

    /** Labels by which the garbage collector of containerd finds what a document consists of. */
    private Map<String, String> references(Descriptor descriptor, byte[] bytes) {
        Map<String, String> labels = new LinkedHashMap<>();
        Document document = Document.parse(descriptor.mediaType(), bytes);
        if (document instanceof Manifest manifest) {
            configs.add(manifest.config().digest());
            labels.put(REFERS + "config", manifest.config().digest().toString());
            number(labels, "l.", manifest.layers());
        } else if (document instanceof Index index) {
            number(labels, "m.", index.manifests());
        }
        return labels;
    }

    private static void number(Map<String, String> labels, String kind, List<Descriptor> children) {
        for (int i = 0; i < children.size(); i++) {
            labels.put(REFERS + kind + i, children.get(i).digest().toString());
        }
    }

    /** {@return the IDs of the images that were put here} */
    Set<Digest> configs() {
        return Set.copyOf(configs);
    }

    /**
     * {@inheritDoc}
     *
     * @throws MalformedContentException if the name is no reference
     */
    @Override
    public void tag(Descriptor descriptor, String name) {
        content.require(descriptor);
        names.set(names.whole(name), descriptor);
        unnamed = false;
    }

    @Override
    public Descriptor resolve(String name) {
        return names.find(name)
                .map(ContainerdImage::target)
                .orElseThrow(() -> new NotFoundException("no image " + Text.quote(name) + " in containerd"));
    }

    @Override
    public List<String> tags() {
        return names.list().stream()
                .map(ContainerdImage::name)
                .filter(name -> !name.startsWith("sha256:"))
                .sorted()
                .toList();
    }

    /** {@return nothing: containerd does not know what refers to what} */
    @Override
    public List<Descriptor> referrers(Digest subject) {
        return List.of();
    }

    /**
     * Gives the lease back. What was put and has no name is garbage then, which containerd is asked to collect at once if
     * the last thing that was put has got none. Does nothing if that is done.
     *
     * @throws CriException if containerd fails
     */
    @Override
    public void close() {
        DeleteRequest request =
                DeleteRequest.newBuilder().setId(lease).setSync(unnamed).build();
        Endings endings = new Endings();
        endings.attempt(() ->
                wire.end("give a lease of containerd back", LeasesGrpc.getDeleteMethod(), request, wire.timeout()));
        endings.finish();
    }

    /** {@return where its images are} */
    @Override
    public String toString() {
        return "containerd at " + wire;
    }
}
