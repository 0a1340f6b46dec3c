package dev.davit.cri;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.davit.cri.internal.containerd.AbortRequest;
import dev.davit.cri.internal.containerd.ContentFields;
import dev.davit.cri.internal.containerd.ContentGrpc;
import dev.davit.cri.internal.containerd.Info;
import dev.davit.cri.internal.containerd.InfoRequest;
import dev.davit.cri.internal.containerd.ReadContentRequest;
import dev.davit.cri.internal.containerd.ReadContentResponse;
import dev.davit.cri.internal.containerd.UpdateRequest;
import dev.davit.cri.internal.containerd.WriteAction;
import dev.davit.cri.internal.containerd.WriteContentRequest;
import dev.davit.cri.internal.containerd.WriteContentResponse;
import dev.davit.oci.Descriptor;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads and writes the content of containerd. What is written appears under its digest when it is whole, and containerd
 * compares it with that digest once more. Thread-safe.
 */
final class ContainerdContent {
    private static final int CHUNK = 1 << 20;

    private final Wire wire;
    private final String writer;
    private final AtomicLong writes = new AtomicLong();

    /**
     * Uses a connection.
     *
     * @param wire all its calls name the namespace, and the lease under which content is written
     * @param writer who writes: containerd lets only one write at a time under the same name
     */
    ContainerdContent(Wire wire, String writer) {
        this.wire = wire;
        this.writer = writer;
    }

    /**
     * Puts content, and from then on containerd keeps what its labels refer to as long as it keeps the content.
     *
     * @param labels go to content that is there already, too
     */
    Outcome put(Blob blob, Map<String, String> labels) {
        Descriptor descriptor = blob.descriptor();
        // Each write has its own: one that fails gives up what has its name.
        String ref = writer + "-" + descriptor.digest() + "-" + writes.incrementAndGet();
        String action = "write " + descriptor.digest() + " to containerd";
        try (Exchange<WriteContentRequest, WriteContentResponse> write =
                wire.exchange(action, ContentGrpc.getWriteMethod())) {
            write(blob, labels, ref, write);
            return Outcome.COPIED;
        } catch (CriException e) {
            if (e.code() == CriException.Code.ALREADY_EXISTS) {
                label(descriptor, labels);
                return Outcome.EXISTED;
            }
            Endings.after(e, () -> abort(ref));
            throw e;
        } catch (RuntimeException e) {
            Endings.after(e, () -> abort(ref));
            throw e;
        }
    }

    private static void write(
            Blob blob,
            Map<String, String> labels,
            String ref,
            Exchange<WriteContentRequest, WriteContentResponse> write) {
        Descriptor descriptor = blob.descriptor();
        WriteContentRequest step = WriteContentRequest.newBuilder()
                .setRef(ref)
                .setTotal(descriptor.size())
                .setExpected(descriptor.digest().toString())
                .build();
        WriteContentResponse begun =
                write.ask(step.toBuilder().setAction(WriteAction.STAT).build());
        // Another namespace may have it already; then containerd needs no bytes.
        long offset = begun.getOffset() == descriptor.size() ? descriptor.size() : 0;
        if (offset == 0) {
            try (InputStream in = VerifyingInputStream.of(blob.open(), descriptor, "its source")) {
                for (byte[] data = in.readNBytes(CHUNK); data.length > 0; data = in.readNBytes(CHUNK)) {
                    ByteString sent = UnsafeByteOperations.unsafeWrap(data);
                    write.ask(step.toBuilder()
                            .setAction(WriteAction.WRITE)
                            .setOffset(offset)
                            .setData(sent)
                            .build());
                    offset += data.length;
                }
            } catch (IOException e) {
                throw new TransferException(
                        TransferException.Side.SOURCE,
                        descriptor,
                        "cannot read " + descriptor + ": " + e.getMessage(),
                        e);
            }
        }
        write.ask(step.toBuilder()
                .setAction(WriteAction.COMMIT)
                .setOffset(offset)
                .putAllLabels(labels)
                .build());
        write.finish();
    }

    private void abort(String ref) {
        wire.end(
                "give up a write to containerd",
                ContentGrpc.getAbortMethod(),
                AbortRequest.newBuilder().setRef(ref).build(),
                wire.timeout());
    }

    private void label(Descriptor descriptor, Map<String, String> labels) {
        if (labels.isEmpty()) {
            return;
        }
        ContentFields.Builder fields = ContentFields.newBuilder();
        labels.keySet().forEach(label -> fields.addPaths("labels." + label));
        UpdateRequest request = UpdateRequest.newBuilder()
                .setInfo(Info.newBuilder()
                        .setDigest(descriptor.digest().toString())
                        .putAllLabels(labels))
                .setUpdateMask(fields)
                .build();
        wire.call("label " + descriptor.digest() + " in containerd", ContentGrpc.getUpdateMethod(), request);
    }

    /** Makes sure that there is some content. */
    void require(Descriptor descriptor) {
        InfoRequest request = InfoRequest.newBuilder()
                .setDigest(descriptor.digest().toString())
                .build();
        wire.call("look for " + descriptor.digest() + " in containerd", ContentGrpc.getInfoMethod(), request);
    }

    /** Opens content, unverified, from some byte on. */
    InputStream open(Descriptor descriptor, long from) {
        ReadContentRequest request = ReadContentRequest.newBuilder()
                .setDigest(descriptor.digest().toString())
                .setOffset(from)
                .build();
        Exchange<ReadContentRequest, ReadContentResponse> answers =
                wire.exchange("read " + descriptor.digest() + " from containerd", ContentGrpc.getReadMethod(), request);
        return new ContainerdInputStream(answers);
    }
}
