package dev.davit.image;

import dev.davit.image.internal.unpack.Reapplying;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Unpacker} did, and what it could not do: nothing is left out silently. Immutable and safe to share.
 */
public final class UnpackReport {
    private final Path root;
    private final int layers;
    private final long entries;
    private final long bytes;
    private final List<Difference> differences;
    private final String overlayOptions;

    UnpackReport(Path root, int layers, long entries, long bytes, List<Difference> differences, String overlayOptions) {
        this.root = root;
        this.layers = layers;
        this.entries = entries;
        this.bytes = bytes;
        this.differences = List.copyOf(differences);
        this.overlayOptions = overlayOptions;
    }

    /** {@return the folder with the files of the image} */
    public Path root() {
        return root;
    }

    /** {@return how many layers were applied} */
    public int layers() {
        return layers;
    }

    /** {@return how many entries all layers had} */
    public long entries() {
        return entries;
    }

    /** {@return how many bytes all layers had, uncompressed} */
    public long bytes() {
        return bytes;
    }

    /**
     * {@return everything in which the folder differs from what the image says: first about layers, then by path. What is
     * said of a file that a later layer replaced is not among it}
     */
    public List<Difference> differences() {
        return differences;
    }

    /**
     * {@return the options of a mount of type {@code overlay} that shows the image, such as {@code
     * lowerdir=/folder/1:/folder/0}; empty if the image was not unpacked for overlay}
     */
    public String overlayOptions() {
        return overlayOptions;
    }

    /** {@return whether the folder is exactly what the image says} */
    public boolean isExact() {
        return differences.isEmpty();
    }

    /**
     * {@return the report as a JSON object with the members {@code root}, {@code layers}, {@code entries}, {@code bytes},
     * {@code overlayOptions} if there are any, and {@code differences}, an array of objects with {@code layer}, {@code path}, {@code kind}, {@code detail} and
     * sometimes {@code value}}
     */
    public String toJson() {
        JsonMembers.Builder json = JsonMembers.builder(List.of());
        json.put("root", root.toString());
        json.put("layers", layers);
        json.put("entries", entries);
        json.put("bytes", bytes);
        if (!overlayOptions.isEmpty()) {
            json.put("overlayOptions", overlayOptions);
        }
        json.putObjects(
                "differences", differences.stream().map(Difference::members).toList());
        return new String(json.build().toBytes(), StandardCharsets.UTF_8);
    }

    /**
     * Reads a report.
     *
     * @param json what {@link #toJson} gave
     * @return the report
     * @throws MalformedContentException if it is anything else
     */
    public static UnpackReport parse(String json) {
        return JsonReader.parse("report", json.getBytes(StandardCharsets.UTF_8), UnpackReport::read);
    }

    private static UnpackReport read(JsonReader in) {
        String[] root = {""};
        String[] options = {""};
        long[] numbers = new long[3];
        List<Difference> differences = new ArrayList<>();
        in.object(List.of(), name -> {
            switch (name) {
                case "root" -> root[0] = in.string();
                case "layers" -> numbers[0] = in.integer();
                case "entries" -> numbers[1] = in.integer();
                case "bytes" -> numbers[2] = in.integer();
                case "overlayOptions" -> options[0] = in.string();
                case "differences" -> differences.addAll(in.array(() -> Difference.read(in)));
                default -> in.skip();
            }
        });
        try {
            return new UnpackReport(
                    Path.of(root[0]), Math.toIntExact(numbers[0]), numbers[1], numbers[2], differences, options[0]);
        } catch (InvalidPathException | ArithmeticException e) {
            throw new MalformedContentException("report: expected a path and numbers, got others", e);
        }
    }

    /**
     * Makes up for the differences, as far as this user on this JDK can: makes devices and pipes, sets owners, modes,
     * times and extended attributes. So an ordinary user can unpack an image, and root finishes it later.
     *
     * @param folder the folder with the files of the image, wherever it is now
     * @return the report with what remains
     * @throws MalformedContentException if a difference says nothing that can be done
     * @throws dev.davit.oci.StorageException if the folder cannot be reached
     */
    public UnpackReport apply(Path folder) {
        return new UnpackReport(folder, layers, entries, bytes, Reapplying.apply(folder, differences), overlayOptions);
    }

    /** {@return the numbers in one line} */
    @Override
    public String toString() {
        return layers + " layers, " + entries + " entries, " + bytes + " bytes into " + root + ", " + differences.size()
                + " differences";
    }

    /** Which property of a file is not as the image says, and how {@link Difference#detail} spells it. */
    public enum Kind {
        /** User and group, as {@code 1000:1000}: mostly only root may set them. */
        OWNER,
        /** The mode, in octal digits: setgid is for members of the group only. */
        MODE,
        /** The time of the last change, in ISO 8601: rounded, or out of the range of Java or the file system. */
        TIME,
        /** A character or block device was not made, as {@code character device 1:3}. */
        DEVICE,
        /** A named pipe was not made. */
        FIFO,
        /** The extended attribute of this name was not set. Without a value it is one of another machine's concerns. */
        XATTR,
        /** The target of a symbolic link is spelled in another way, which leads to the same place. */
        LINK_TARGET,
        /** A layer is compressed in another way than this, its media type, says. */
        MEDIA_TYPE,
        /** An entry that is meant for one storage driver only was passed over. */
        PASSED_OVER
    }

    /**
     * One thing that is not as the image says.
     *
     * @param layer index of the layer, lowest is 0
     * @param path where it is below the root, without leading slash and through no link; empty for the root, or for the
     *     layer itself
     * @param kind which property it is
     * @param detail what the image says
     * @param value the value of an extended attribute in Base64, or null
     */
    public record Difference(
            int layer,
            String path,
            Kind kind,
            String detail,
            @Nullable String value) {
        /**
         * A difference that is no extended attribute.
         *
         * @param layer index of the layer, lowest is 0
         * @param path where it is below the root
         * @param kind which property it is
         * @param detail what the image says
         */
        public Difference(int layer, String path, Kind kind, String detail) {
            this(layer, path, kind, detail, null);
        }

        private static Difference read(JsonReader in) {
            int[] layer = {0};
            Map<String, String> texts = new HashMap<>();
            in.object(List.of(), name -> {
                switch (name) {
                    case "layer" -> layer[0] = layerNumber(in);
                    case "path", "kind", "detail", "value" -> texts.put(name, in.string());
                    default -> in.skip();
                }
            });
            String kind = texts.getOrDefault("kind", "");
            return new Difference(
                    layer[0],
                    texts.getOrDefault("path", ""),
                    Arrays.stream(Kind.values())
                            .filter(known -> known.name().equals(kind))
                            .findFirst()
                            .orElseThrow(() -> in.violation("a kind of difference", Text.quote(kind))),
                    texts.getOrDefault("detail", ""),
                    texts.get("value"));
        }

        private static int layerNumber(JsonReader in) {
            long number = in.integer();
            if (number < 0 || number > Integer.MAX_VALUE) {
                throw in.violation("the number of a layer", Long.toString(number));
            }
            return (int) number;
        }

        private JsonMembers members() {
            JsonMembers.Builder json = JsonMembers.builder(List.of());
            json.put("layer", layer);
            json.put("path", path);
            json.put("kind", kind.name());
            json.put("detail", detail);
            json.put("value", value);
            return json.build();
        }
    }
}
