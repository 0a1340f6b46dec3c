package dev.davit.image.internal.validate;

import dev.davit.image.internal.LayerTypes;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.image.internal.validate.Findings.Node;
import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads blobs to their last byte, each once. For one thread. */
final class BlobCheck {
    /** A file system of any size that compresses as files do. */
    private static final DecodeLimits LIMITS = new DecodeLimits(1L << 50, 2000);

    private final ContentSource source;
    private final Findings findings;
    /** What was read before: the diffIDs of layers that could be decoded, empty for anything else. */
    private final Map<Digest, String> diffIds = new HashMap<>();

    private int count;
    private long bytes;

    BlobCheck(ContentSource source, Findings findings) {
        this.source = source;
        this.findings = findings;
    }

    int count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    /** Counts a blob that was read elsewhere. */
    void counted(long size) {
        count++;
        bytes += size;
    }

    /** Checks size and digest. */
    void check(Node node) {
        if (diffIds.putIfAbsent(node.descriptor().digest(), "") == null && read(node)) {
            counted(node.descriptor().size());
        }
    }

    private boolean read(Node node) {
        try (InputStream in =
                VerifyingInputStream.of(source.blob(node.descriptor()).open(), node.descriptor(), "its source")) {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (DavitException e) {
            failed(node, e);
        } catch (IOException e) {
            failed(node, unreadable(node.descriptor(), e));
        }
        return false;
    }

    /**
     * Checks size, digest and content of a layer.
     *
     * @param diffId what its archive should have as digest, or null if the configuration does not say
     */
    void checkLayer(Node node, @Nullable Digest diffId) {
        if (diffId != null && !diffId.isVerifiable()) {
            findings.warning(node, "expected a diff_id that can be verified, got " + diffId.algorithm());
        }
        Digester digester = diffId != null && diffId.isVerifiable() ? diffId.newDigester() : Digester.sha256();
        Digest digest = node.descriptor().digest();
        String actual = diffIds.get(digest);
        if (actual == null) {
            actual = decode(node, digester);
            diffIds.put(digest, actual);
        }
        boolean comparable = diffId != null && actual.startsWith(diffId.algorithm() + ":");
        if (comparable && !actual.equals(String.valueOf(diffId))) {
            findings.error(node, "expected the diff_id " + diffId + ", got " + actual);
        }
    }

    private String decode(Node node, Digester digester) {
        Descriptor descriptor = node.descriptor();
        try (LayerDecoder archive = LayerDecoder.open(source.blob(descriptor), LIMITS, digester)) {
            if (!LayerTypes.agrees(descriptor.mediaType().value(), archive.compression())) {
                findings.warning(
                        node,
                        "expected what " + descriptor.mediaType() + " says, got a layer with compression "
                                + archive.compression());
            }
            TarReader tar = new TarReader(archive, TarLimits.DEFAULT);
            while (tar.next() != null) {
                // names and structure are checked on the way
            }
            String actual = archive.finish().toString();
            counted(descriptor.size());
            return actual;
        } catch (MalformedContentException e) {
            failed(node, e);
            // perhaps because these are not even the right bytes
            if (read(node)) {
                counted(descriptor.size());
            }
        } catch (DavitException e) {
            failed(node, e);
        } catch (IOException e) {
            failed(node, unreadable(descriptor, e));
        }
        return "";
    }

    /** A layer that registries need not hold is fetched from elsewhere. */
    private void failed(Node node, DavitException e) {
        Descriptor descriptor = node.descriptor();
        boolean foreign =
                descriptor.mediaType().isForeignLayer() || !descriptor.urls().isEmpty();
        if (foreign && e instanceof NotFoundException) {
            findings.warning(node, "is not there, and has to be fetched from elsewhere");
        } else {
            findings.failed(node, e);
        }
    }

    private static DavitException unreadable(Descriptor descriptor, IOException e) {
        return new TransferException(Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
    }
}
