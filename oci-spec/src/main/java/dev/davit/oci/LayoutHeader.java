package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.util.List;

/**
 * The file {@code oci-layout}: says that a folder or archive is an image layout, and of which version.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#oci-layout-file">image-spec,
 *     image-layout.md, "oci-layout file"</a>
 */
public final class LayoutHeader extends Document {
    private static final String WHAT = "oci-layout";
    private static final String VERSION_MEMBER = "imageLayoutVersion";
    private static final List<String> ORDER = List.of(VERSION_MEMBER);
    private static final String VERSION_1 = "1.0.0";

    /** The header of the only version there is, 1.0.0. */
    public static final LayoutHeader V1 = new LayoutHeader(v1());

    private LayoutHeader(byte[] bytes) {
        super(MediaType.OCI_LAYOUT_HEADER, bytes);
    }

    private static byte[] v1() {
        JsonMembers.Builder members = JsonMembers.builder(ORDER);
        members.put(VERSION_MEMBER, VERSION_1);
        return members.build().toBytes();
    }

    /**
     * Parses the file.
     *
     * @param bytes its content
     * @return the header
     * @throws MalformedContentException if the bytes are no such file, or it is of a version that Davit does not know
     */
    public static LayoutHeader parse(byte[] bytes) {
        byte[] own = own(WHAT, bytes, MAX_SIZE);
        return JsonReader.parse(WHAT, own, in -> {
            boolean[] found = {false};
            in.object(ORDER, name -> {
                if (name.equals(VERSION_MEMBER)) {
                    requireVersion(in);
                    found[0] = true;
                } else {
                    in.skip();
                }
            });
            if (!found[0]) {
                throw in.violation("a layout with " + VERSION_MEMBER, "one without");
            }
            return new LayoutHeader(own);
        });
    }

    private static void requireVersion(JsonReader in) {
        String version = in.string();
        if (!version.equals(VERSION_1)) {
            throw in.violation(VERSION_MEMBER + " " + VERSION_1, Text.quote(version));
        }
    }

    /** {@return the version of the layout: {@code 1.0.0}} */
    public String version() {
        return VERSION_1;
    }

    @Override
    public List<Descriptor> children() {
        return List.of();
    }
}
