package dev.davit.it.fuzz;

import static dev.davit.it.fuzz.Property.require;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.davit.image.Unpacker;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;

/**
 * Any bytes as an archive, with right checksums: it is unpacked or refused, and what is beside the folder stays what it
 * is. A lower layer has links to it, by every way there is.
 */
final class LayerFuzz {
    private static final FileTime OLD = FileTime.fromMillis(1_000_000_000_000L);
    private static final int MAX_BYTES = 1 << 20;

    private LayerFuzz() {}

    /** Archives of ordinary entries, to start from. */
    static List<byte[]> seeds() {
        byte[] pax = Archives.pax("path", "a/long name", "SCHILY.xattr.user.a", "content", "mtime", "1.5");
        byte[] sparse = Archives.pax(
                "GNU.sparse.major", "1",
                "GNU.sparse.minor", "0",
                "GNU.sparse.name", "hole",
                "GNU.sparse.realsize", "2000");
        byte[] map = new byte[1024];
        System.arraycopy("1\n1000\n512\n".getBytes(US_ASCII), 0, map, 0, 11);
        return List.of(
                Archives.archive(List.of(
                        Archives.entry('5', "d", "", new byte[0]),
                        Archives.entry('0', "d/f", "", new byte[600]),
                        Archives.entry('1', "h", "d/f", new byte[0]),
                        Archives.entry('2', "out/s", "../x", new byte[0]))),
                Archives.archive(List.of(Archives.entry('x', "x", "", pax), Archives.entry('0', "f", "", new byte[9]))),
                Archives.archive(List.of(Archives.entry('x', "x", "", sparse), Archives.entry('0', "f", "", map))),
                Archives.archive(List.of(
                        Archives.entry('L', "x", "", "up/canary".getBytes(US_ASCII)),
                        Archives.entry('0', "f", "", new byte[3]),
                        Archives.entry('0', "absolute/.wh.canary", "", new byte[0]),
                        Archives.entry('0', "up/.wh..wh..opq", "", new byte[0]),
                        Archives.entry('6', "out", "", new byte[0]))));
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Path around = Files.createTempDirectory("layer-fuzz");
        Path canary = around.resolve("canary");
        Files.writeString(canary, "untouched");
        Files.setLastModifiedTime(canary, OLD);
        byte[] links = Archives.archive(List.of(
                Archives.entry('2', "out", "..", new byte[0]),
                Archives.entry('2', "up", "d/../../..", new byte[0]),
                Archives.entry('2', "absolute", around.toString(), new byte[0]),
                Archives.entry('2', "file", "../canary", new byte[0]),
                Archives.entry('5', "d", "", new byte[0])));
        Path root = around.resolve("root");
        try {
            Unpacker.into(root).maxBytes(MAX_BYTES).unpack(Archives.image(List.of(links, Archives.sealed(input))));
        } catch (MalformedContentException e) {
            require(!Files.exists(root), "nothing is left of what is refused");
        } finally {
            requireUntouched(around, canary);
            FolderTree.delete(around);
        }
    }

    private static void requireUntouched(Path around, Path canary) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(canary, "unix:mode,nlink,uid,gid,lastModifiedTime");
        require(Files.readString(canary).equals("untouched"), "the content of what is outside");
        require(attributes.get("nlink").equals(1), "nobody links to what is outside");
        require(attributes.get("lastModifiedTime").equals(OLD), "the time of what is outside");
        require(((Integer) attributes.get("mode") & 0111) == 0, "the mode of what is outside");
        try (var all = Files.list(around)) {
            require(all.allMatch(path -> path.equals(canary) || path.endsWith("root")), "nothing new outside the root");
        }
    }
}
