package dev.davit.image.internal.archive;

import dev.davit.image.internal.codec.Codecs;
import dev.davit.image.internal.codec.Magic;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.Document;
import dev.davit.oci.History;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.internal.BoundedInputStream;
import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code docker save} wrote before Docker 1.10: {@code repositories} says which layer a tag stands for, and each layer
 * is a folder of its own, with what it is in {@code json} and its parent's ID there. There are no diffIDs, so the layers
 * are read for them, and the configuration of the image is that of its uppermost layer.
 */
final class LegacyImages {
    static final String REPOSITORIES = "repositories";

    private static final int MAX_LAYERS = 1000;
    private static final List<String> ORDER =
            List.of("id", "parent", "created", "author", "comment", "architecture", "os", "rootfs");
    private static final List<String> NONE = List.of();
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern YEAR_FIRST = Pattern.compile("\\d{4}-");

    /** What is of a layer, not of an image. */
    private static final List<String> OF_THE_LAYER =
            List.of("id", "parent", "Size", "parent_id", "layer_id", "throwaway");

    private final ArchiveFile archive;
    private final Map<TarIndex.Slot, Digest> diffIds = new HashMap<>();

    LegacyImages(ArchiveFile archive) {
        this.archive = archive;
    }

    /** The {@code json} of a layer. */
    private record Version1(String id, @Nullable String parent, History history, JsonMembers members) {}

    /** {@return all images with their tags; their configurations have the names of their layers} */
    List<DockerManifest> images() {
        Map<String, List<String>> tags = new LinkedHashMap<>();
        byte[] repositories = archive.read(REPOSITORIES, Document.MAX_SIZE);
        JsonReader.parse(
                archive + ", " + REPOSITORIES,
                repositories,
                in -> in.object(NONE, repository -> {
                    in.stringMap()
                            .forEach((tag, id) -> tags.computeIfAbsent(id, key -> new ArrayList<>())
                                    .add(repository + ':' + tag));
                }));
        List<DockerManifest> images = new ArrayList<>();
        tags.forEach((id, names) -> {
            List<String> layers = new ArrayList<>();
            chain(id).forEach(layer -> layers.add(layer.id() + "/layer.tar"));
            images.add(new DockerManifest(id, List.copyOf(names), List.copyOf(layers)));
        });
        return images;
    }

    /** {@return the layers of an image, lowest first} */
    private List<Version1> chain(String top) {
        List<Version1> chain = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String id = top; id != null && !id.isEmpty(); ) {
            if (!seen.add(id) || seen.size() > MAX_LAYERS) {
                throw new MalformedContentException(archive + ", " + Text.plain(top) + ": expected at most "
                        + MAX_LAYERS + " layers, none its own parent");
            }
            Version1 layer = layer(id);
            chain.add(0, layer);
            id = layer.parent();
        }
        return chain;
    }

    private Version1 layer(String id) {
        if (!ID.matcher(id).matches()) {
            throw new MalformedContentException(
                    archive + ": expected the ID of a layer, 64 hexadecimal digits, got " + Text.quote(id));
        }
        String name = id + "/json";
        String[] parent = {null};
        History.Builder history = History.builder();
        JsonMembers members = JsonReader.parse(
                archive + ", " + name,
                archive.read(name, Document.MAX_SIZE),
                in -> in.object(ORDER, member -> {
                    switch (member) {
                        case "parent" -> parent[0] = in.optionalString();
                        case "created" -> history.created(in.string(LegacyImages::time));
                        case "author" -> history.author(in.optionalString());
                        case "comment" -> history.comment(in.optionalString());
                        default -> in.skip();
                    }
                }));
        return new Version1(id, parent[0], history.build(), members);
    }

    private static Instant time(String text) {
        try {
            if (YEAR_FIRST.matcher(text).lookingAt()) {
                return Instant.parse(text);
            }
        } catch (DateTimeParseException e) {
            // as good as something else
        }
        throw new MalformedContentException("created: expected a date and time, got " + Text.quote(text));
    }

    /** {@return the configuration of an image; reads its layers} */
    ImageConfig config(DockerManifest image) {
        List<Version1> chain = chain(image.config());
        List<Digest> diffIds = image.layers().stream().map(this::diffId).toList();
        JsonMembers.Builder rootfs = JsonMembers.builder(List.of("type", "diff_ids"));
        rootfs.put("type", "layers");
        rootfs.putStringArray("diff_ids", diffIds.stream().map(Digest::toString).toList());
        JsonMembers top = chain.get(chain.size() - 1).members();
        JsonMembers.Builder config = top.toBuilder();
        OF_THE_LAYER.forEach(member -> config.put(member, (String) null));
        config.put("rootfs", rootfs.build());
        // Docker knew nothing else when it left this out
        putIfAbsent(config, top, "os", "linux");
        putIfAbsent(config, top, "architecture", "amd64");
        return ImageConfig.parse(MediaType.OCI_CONFIG, config.build().toBytes()).toBuilder()
                .history(chain.stream().map(Version1::history).toList())
                .build();
    }

    private static void putIfAbsent(JsonMembers.Builder config, JsonMembers known, String name, String value) {
        if (!known.has(name)) {
            config.put(name, value);
        }
    }

    private Digest diffId(String name) {
        TarIndex.Slot slot = archive.index()
                .find(name)
                .orElseThrow(() -> new NotFoundException("no layer " + Text.quote(name) + " in " + archive));
        return diffIds.computeIfAbsent(slot, at -> diffId(name, at));
    }

    private Digest diffId(String name, TarIndex.Slot slot) {
        try (InputStream in = archive.open(slot)) {
            byte[] head = in.readNBytes(Magic.LENGTH);
            PushbackInputStream whole = new PushbackInputStream(in, Magic.LENGTH);
            whole.unread(head);
            Digester digester = Digester.sha256();
            byte[] buffer = new byte[128 * 1024];
            try (InputStream plain =
                    new BoundedInputStream(Codecs.decoder(Magic.compression(head), whole), ArchiveFile.MAX_BYTES + 1)) {
                for (int n = plain.read(buffer); n >= 0; n = plain.read(buffer)) {
                    digester.update(buffer, 0, n);
                }
            }
            if (digester.size() > ArchiveFile.MAX_BYTES) {
                long max = ArchiveFile.MAX_BYTES;
                throw new LimitExceededException(
                        "maxBytes", max, "expected at most " + max + " bytes uncompressed, got more", null);
            }
            return digester.digest();
        } catch (MalformedContentException e) {
            throw new MalformedContentException(archive + ", " + Text.plain(name) + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw archive.unreadable(e);
        }
    }
}
