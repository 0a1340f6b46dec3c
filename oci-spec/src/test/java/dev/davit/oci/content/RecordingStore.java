package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.ByteBlob;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A repository in memory that writes down in which order things were put into it. */
class RecordingStore implements Repository {
    final Map<Digest, byte[]> content = Collections.synchronizedMap(new LinkedHashMap<>());
    final Map<String, Descriptor> names = Collections.synchronizedMap(new LinkedHashMap<>());
    final List<Digest> order = Collections.synchronizedList(new ArrayList<>());

    Descriptor add(Descriptor descriptor, byte[] bytes) {
        content.put(descriptor.digest(), bytes);
        return descriptor;
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return new ByteBlob(
                descriptor,
                Optional.ofNullable(content.get(descriptor.digest()))
                        .orElseThrow(() -> new NotFoundException("no " + descriptor)));
    }

    @Override
    public Descriptor resolve(String name) {
        return Optional.ofNullable(names.get(name)).orElseThrow(() -> new NotFoundException("no " + name));
    }

    @Override
    public Outcome put(Blob blob) {
        if (content.containsKey(blob.descriptor().digest())) {
            return Outcome.EXISTED;
        }
        try (InputStream in = blob.open()) {
            add(blob.descriptor(), in.readAllBytes());
        } catch (IOException e) {
            throw new TransferException(Side.SOURCE, blob.descriptor(), "cannot read", e);
        }
        order.add(blob.descriptor().digest());
        return Outcome.COPIED;
    }

    @Override
    public void tag(Descriptor descriptor, String name) {
        names.put(name, descriptor);
    }

    @Override
    public List<String> tags() {
        return names.keySet().stream().sorted().toList();
    }

    @Override
    public List<Descriptor> referrers(Digest subject) {
        return List.of();
    }
}
