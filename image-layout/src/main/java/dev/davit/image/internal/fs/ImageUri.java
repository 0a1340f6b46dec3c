package dev.davit.image.internal.fs;

import dev.davit.image.internal.Names;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an image is: {@code oci:/path/of/layout:name!/path/in/image}, in which a layout may also be an archive, and name
 * and path may be missing. What means something else there is escaped: {@code %21} is an exclamation mark, {@code %3A} a
 * colon in the path of the layout.
 *
 * @param base the text before the exclamation mark, escaped
 */
record ImageUri(String base) {
    static final String SCHEME = "oci";
    private static final String SEPARATOR = "!/";
    private static final String UNESCAPED = "-._~/";

    /**
     * {@return the place that a URI names, whatever path in the image it names}
     *
     * @throws IllegalArgumentException if it is none
     */
    static ImageUri parse(URI uri) {
        String rest = uri.getRawSchemeSpecificPart();
        boolean isPlace = SCHEME.equalsIgnoreCase(uri.getScheme())
                && rest.startsWith("/")
                && uri.getRawAuthority() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        if (!isPlace) {
            throw new IllegalArgumentException(
                    "URI of an image: expected oci:/PATH[:NAME][!/PATH_IN_IMAGE], got " + uri);
        }
        String bare = rest.startsWith("///") ? rest.substring(2) : rest;
        int end = bare.indexOf(SEPARATOR);
        return new ImageUri(SCHEME + ":" + (end < 0 ? bare : bare.substring(0, end)));
    }

    /** {@return the path in the image that a URI names; the root if it names none} */
    static String pathInImage(URI uri) {
        String rest = uri.getRawSchemeSpecificPart();
        int end = rest.indexOf(SEPARATOR);
        return end < 0 ? "/" : unescaped(rest.substring(end + 1));
    }

    /** {@return the layout or archive} */
    Path location() {
        String rest = base.substring(SCHEME.length() + 1);
        int colon = rest.indexOf(':');
        return Path.of(unescaped(colon < 0 ? rest : rest.substring(0, colon)));
    }

    /** {@return the name of the image there; null if it has the only one} */
    @Nullable
    String name() {
        int colon = base.indexOf(':', SCHEME.length() + 1);
        return colon < 0 ? null : unescaped(base.substring(colon + 1));
    }

    /** {@return the URI of a path in the image} */
    URI of(String path) {
        StringBuilder text = new StringBuilder(base).append('!');
        for (byte b : Names.encode(path)) {
            boolean isPlain = b > 0 && (Character.isLetterOrDigit(b) || UNESCAPED.indexOf(b) >= 0);
            text.append(isPlain ? Character.toString(b) : String.format("%%%02X", b & 0xff));
        }
        return URI.create(text.toString());
    }

    /** Bytes that are not UTF-8 stay what they are in the names of an image. */
    private static String unescaped(String text) {
        byte[] bytes = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.ISO_8859_1)
                .getBytes(StandardCharsets.ISO_8859_1);
        return Names.decode(bytes, 0, bytes.length);
    }

    @Override
    public String toString() {
        return base;
    }
}
