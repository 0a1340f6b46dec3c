package dev.davit.image.internal;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Goes between names in images and paths of this system. Java encodes a path's text in the encoding of the process,
 * which in the C locale has no letter beyond ASCII, and has no text at all for bytes that are not UTF-8; percent
 * encoded URIs carry the exact bytes in either direction.
 */
public final class LocalNames {
    private static final boolean UTF8_PATHS =
            System.getProperty("sun.jnu.encoding", "").equalsIgnoreCase("UTF-8");
    private static final char REPLACEMENT = '\ufffd';

    private LocalNames() {}

    /**
     * {@return the path of a name below a directory}
     *
     * @param directory the directory, in any file system
     * @param name the name, relative, perhaps with several elements
     */
    public static Path resolve(Path directory, String name) {
        if (isDirect(name) || !isDefault(directory)) {
            return directory.resolve(name);
        }
        return directory.resolve(relative(name));
    }

    /**
     * {@return a path that spells the target of a symbolic link as exactly as Java can: several slashes become one}
     *
     * @param target the target; not empty
     */
    public static Path linkTarget(String target) {
        if (isDirect(target) && !target.endsWith("/")) {
            return Path.of(target);
        }
        // a URI keeps a slash at the end if it has two of them
        String raw = target.endsWith("/") ? target + '/' : target;
        return raw.startsWith("/") ? absolute(raw) : relative(raw);
    }

    /** {@return the text of a relative path or of a link's target, with its exact bytes} */
    public static String text(Path path) {
        String text = path.toString();
        if (!isDefault(path) || Names.isAscii(text) || (UTF8_PATHS && text.indexOf(REPLACEMENT) < 0)) {
            return text;
        }
        String uri = Path.of("/").resolve(path).toUri().getRawPath();
        byte[] bytes = unescaped(path.isAbsolute() ? uri : uri.substring(1));
        int length = bytes.length;
        // an existing directory of that name would get a slash
        if (length > 1 && bytes[length - 1] == '/' && !text.endsWith("/")) {
            length--;
        }
        return Names.decode(bytes, 0, length);
    }

    /** {@return the name of a file in its directory} */
    public static String name(Path file) {
        String name = text(file.getFileName());
        // file systems in archives give the names of directories like this
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    /** {@return the names of what is in a directory, in no order} */
    public static List<String> children(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                names.add(name(child));
            }
        } catch (DirectoryIteratorException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        return names;
    }

    private static boolean isDirect(String name) {
        return Names.isAscii(name) || (UTF8_PATHS && !Names.hasForeignBytes(name));
    }

    private static boolean isDefault(Path path) {
        return path.getFileSystem() == FileSystems.getDefault();
    }

    private static Path relative(String name) {
        Path path = absolute("/x/" + name);
        return path.subpath(1, path.getNameCount());
    }

    private static Path absolute(String name) {
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : Names.encode(name)) {
            if (b == '/' || (b > 0 && Character.isLetterOrDigit(b))) {
                uri.append((char) b);
            } else {
                uri.append(String.format("%%%02X", b & 0xff));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    private static byte[] unescaped(String raw) {
        byte[] in = raw.getBytes(StandardCharsets.US_ASCII);
        byte[] out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%') {
                out[n++] = (byte) Integer.parseInt(raw.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                out[n++] = in[i];
            }
        }
        return java.util.Arrays.copyOf(out, n);
    }
}
