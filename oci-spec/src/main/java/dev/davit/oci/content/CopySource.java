package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one copy reads from: each document once, and those that the target has on this machine from there. For one thread
 * as far as documents go.
 */
final class CopySource implements ContentSource {
    private final ContentSource from;
    private final @Nullable LocalStore local;
    private final Map<Digest, byte[]> read = new HashMap<>();

    CopySource(ContentSource from, ContentStore to) {
        this.from = from;
        this.local = to instanceof LocalStore store ? store : null;
    }

    /** {@return the source, if it can tell what refers to something} */
    @Nullable
    Source names() {
        return from instanceof Source source ? source : null;
    }

    /** {@return whether the target has an image of this name on this machine: then it is worth asking whether it changed} */
    boolean hasLocally(String name) {
        try {
            return local instanceof Source known && known.resolve(name).size() > 0;
        } catch (NotFoundException | MalformedContentException e) {
            return false;
        }
    }

    /** Keeps a document that was read already. */
    Descriptor keep(Blob document) {
        Descriptor descriptor = document.descriptor();
        try (InputStream in = document.open()) {
            read.put(descriptor.digest(), in.readAllBytes());
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
        }
        return descriptor;
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return from.blob(descriptor);
    }

    @Override
    public byte[] fetch(Descriptor descriptor, int maxSize) {
        byte[] known = read.get(descriptor.digest());
        if (known != null && known.length == descriptor.size() && known.length <= maxSize) {
            return known;
        }
        byte[] content = fetchLocally(descriptor, maxSize);
        if (content == null) {
            content = from.fetch(descriptor, maxSize);
        }
        read.put(descriptor.digest(), content);
        return content;
    }

    /** What is damaged there is fetched again, and replaced when it is put. */
    private byte @Nullable [] fetchLocally(Descriptor descriptor, int maxSize) {
        if (local == null) {
            return null;
        }
        try {
            return local.fetch(descriptor, maxSize);
        } catch (NotFoundException | IntegrityException e) {
            return null;
        }
    }
}
