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
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads blobs to their last byte, each once. For one thread. */
final class BlobCheck {
    /** Nothing is kept of what is read, so that only time is at stake; and a file of zeros may have any ratio. */
    private static final DecodeLimits LIMITS = new DecodeLimits(1L << 42, Long.MAX_VALUE);

    private final ContentSource source;
    private final Findings findings;
    private final Set<Digest> read = new HashSet<>();
    private final Set<Digest> counted = new HashSet<>();
    /** The diffIDs of layers, empty where one could not be decoded. */
    private final Map<Decoded, Optional<Digest>> diffIds = new HashMap<>();

    private long bytes;

    /** A layer, and the algorithm of its diffID: configurations may name it with different ones. */
    private record Decoded(Digest layer, String algorithm) {}

    BlobCheck(ContentSource source, Findings findings) {
        this.source = source;
        this.findings = findings;
    }

    int count() {
        return counted.size();
    }

    long bytes() {
        return bytes;
    }

    /** Counts a blob whose bytes were read and are the right ones. */
    void counted(Descriptor blob) {
        read.add(blob.digest());
        if (counted.add(blob.digest())) {
            bytes += blob.size();
        }
    }

    /** Checks size and digest. */
    void check(Node node) {
        if (read.add(node.descriptor().digest())) {
            readAll(node);
        }
    }

    private void readAll(Node node) {
        try (InputStream in =
                VerifyingInputStream.of(source.blob(node.descriptor()).open(), node.descriptor(), "its source")) {
            in.transferTo(OutputStream.nullOutputStream());
            counted(node.descriptor());
        } catch (DavitException e) {
            failed(node, e);
        } catch (IOException e) {
            failed(node, unreadable(node.descriptor(), e));
        }
    }

    /**
     * Checks size, digest and content of a layer.
     *
     * @param diffId what its archive should have as digest, or null if the configuration does not say
     */
    void checkLayer(Node node, @Nullable Digest diffId) {
        Digest expected = diffId;
        if (expected != null && !expected.isVerifiable()) {
            findings.warning(node, "expected a diff_id that can be verified, got " + expected.algorithm());
            expected = null;
        }
        Decoded key = new Decoded(node.descriptor().digest(), expected == null ? "sha256" : expected.algorithm());
        Optional<Digest> actual = diffIds.get(key);
        if (actual == null) {
            actual = decode(node, expected == null ? Digester.sha256() : expected.newDigester());
            diffIds.put(key, actual);
        }
        if (expected != null && actual.isPresent() && !actual.get().equals(expected)) {
            findings.error(node, "expected the diff_id " + expected + ", got " + actual.get());
        }
    }

    private Optional<Digest> decode(Node node, Digester digester) {
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
            Digest actual = archive.finish();
            counted(descriptor);
            return Optional.of(actual);
        } catch (MalformedContentException e) {
            failed(node, e);
            // perhaps because these are not even the right bytes
            check(node);
        } catch (DavitException e) {
            failed(node, e);
        } catch (IOException e) {
            failed(node, unreadable(descriptor, e));
        }
        return Optional.empty();
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
