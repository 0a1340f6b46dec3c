package dev.davit.it.image;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.image.ImageFileSystem;
import dev.davit.it.Command;
import dev.davit.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Compares two folders in everything that unpacking an image decides: names, types, modes, owners, sizes, contents,
 * targets of links, which names share a file, device numbers, times and, for root, extended attributes.
 */
final class Trees {
    private Trees() {}

    /** {@return a line for each attribute in which the folders differ; none if they are equal} */
    static List<String> differences(Path expected, Path actual) throws IOException {
        Map<String, Map<String, String>> want = describe(expected);
        Map<String, Map<String, String>> have = describe(actual);
        List<String> lines = new ArrayList<>();
        Set<String> paths = new TreeSet<>(want.keySet());
        paths.addAll(have.keySet());
        for (String path : paths) {
            Map<String, String> a = want.get(path);
            Map<String, String> b = have.get(path);
            if (a == null || b == null) {
                lines.add(path + ": " + (a == null ? "only in " + actual : "only in " + expected));
                continue;
            }
            Set<String> attributes = new TreeSet<>(a.keySet());
            attributes.addAll(b.keySet());
            for (String attribute : attributes) {
                if (!String.valueOf(a.get(attribute)).equals(b.get(attribute))) {
                    lines.add(path + ": " + attribute + " " + a.get(attribute) + " became " + b.get(attribute));
                }
            }
        }
        return lines;
    }

    /** {@return how many files, directories and links are below a folder, with the folder} */
    static int size(Path root) throws IOException {
        return describe(root).size();
    }

    private static Map<String, Map<String, String>> describe(Path root) throws IOException {
        Map<String, Map<String, String>> all = new TreeMap<>();
        Map<Object, String> firstNames = new TreeMap<>();
        Map<String, String> contents = new HashMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes a) throws IOException {
                return visitFile(directory, a);
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes a) throws IOException {
                all.put("/" + text(root.relativize(path)), describe(path, a, contents));
                return FileVisitResult.CONTINUE;
            }
        });
        xattrs(root).forEach((path, xattrs) -> {
            Map<String, String> attributes = all.get(path);
            if (attributes != null) {
                xattrs.forEach((name, value) -> attributes.put("xattr " + name, value));
            }
        });
        // names that share a file are known by the first of them
        for (String path : all.keySet()) {
            Map<String, String> attributes = all.get(path);
            String inode = attributes.remove("inode");
            attributes.put("same file as", firstNames.computeIfAbsent(inode, i -> path));
        }
        return all;
    }

    /** {@return the extended attributes by path, all of them, as only getfattr can read them} */
    private static Map<String, Map<String, String>> xattrs(Path root) throws IOException {
        Map<String, Map<String, String>> all = new TreeMap<>();
        if (isImage(root)) {
            try (Stream<Path> paths = Files.walk(root)) {
                for (Path path : (Iterable<Path>) paths::iterator) {
                    Map<String, String> xattrs = new TreeMap<>();
                    ImageFileSystem.entry(path)
                            .xattrs()
                            .forEach((name, value) ->
                                    xattrs.put(name, "0x" + HexFormat.of().formatHex(value)));
                    all.put("/" + text(root.relativize(path)), xattrs);
                }
            }
            return all;
        }
        String path = "";
        String output = Command.of("getfattr", "-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names")
                .with(root.toString())
                .run();
        for (String line : output.lines().toList()) {
            if (line.startsWith("# file: ")) {
                path = "/" + text(relative(root, unescaped(line.substring("# file: ".length()))));
            } else if (!line.isEmpty()) {
                int sign = line.indexOf('=');
                all.computeIfAbsent(path, p -> new TreeMap<>()).put(line.substring(0, sign), line.substring(sign + 1));
            }
        }
        return all;
    }

    /** getfattr writes bytes that are not plain as octal numbers. */
    private static byte[] unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                bytes.writeBytes(text.substring(i, i + 1).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] relative(Path root, byte[] path) {
        int start = root.toString().getBytes(StandardCharsets.UTF_8).length + 1;
        return Arrays.copyOfRange(path, Math.min(start, path.length), path.length);
    }

    /** {@return a name that no other name has, also if it is not UTF-8, whose bytes only an URI shows} */
    private static String text(Path path) {
        String text = path.toString();
        if (isImage(path)) {
            return text(bytes(text));
        }
        if (text.indexOf('\ufffd') < 0) {
            return text;
        }
        String uri = Path.of("/").resolve(path).toUri().getRawPath().replaceFirst("/$", "");
        // decoded as Latin-1, each escape is one byte
        byte[] bytes = URLDecoder.decode(uri.replace("+", "%2B"), StandardCharsets.ISO_8859_1)
                .getBytes(StandardCharsets.ISO_8859_1);
        return text(path.isAbsolute() ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length));
    }

    private static boolean isImage(Path path) {
        return path.getFileSystem() != FileSystems.getDefault();
    }

    /** {@return the bytes of a name in an image, of which those that are not UTF-8 are lone surrogates} */
    private static byte[] bytes(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        name.codePoints().forEach(c -> {
            if (c >= 0xdc80 && c <= 0xdcff) {
                bytes.write(c - 0xdc00);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private static String text(byte[] name) {
        String text = new String(name, StandardCharsets.UTF_8);
        return text.indexOf('\ufffd') < 0 ? text : "not UTF-8: " + new String(name, StandardCharsets.ISO_8859_1);
    }

    private static Map<String, String> describe(Path path, BasicFileAttributes basic, Map<String, String> contents)
            throws IOException {
        Map<String, Object> unix =
                Files.readAttributes(path, "unix:mode,uid,gid,ino,rdev,nlink,lastModifiedTime", NOFOLLOW_LINKS);
        Map<String, String> seen = new LinkedHashMap<>();
        int mode = (int) unix.get("mode");
        seen.put("type", Integer.toOctalString(mode >> 12));
        seen.put("mode", Integer.toOctalString(mode & 07777));
        seen.put("owner", unix.get("uid") + ":" + unix.get("gid"));
        seen.put("time", ((FileTime) unix.get("lastModifiedTime")).toInstant().toString());
        seen.put("inode", unix.get("ino").toString());
        if (basic.isSymbolicLink()) {
            seen.put("names", unix.get("nlink").toString());
            seen.put("target", text(Files.readSymbolicLink(path)));
        } else if (basic.isRegularFile()) {
            seen.put("names", unix.get("nlink").toString());
            seen.put("size", Long.toString(basic.size()));
            // a file with many names is read once
            String inode = seen.getOrDefault("inode", "");
            String content = contents.get(inode);
            if (content == null) {
                content = Digest.sha256(Files.readAllBytes(path)).toString();
                contents.put(inode, content);
            }
            seen.put("content", content);
        } else if (basic.isOther()) {
            seen.put("device", unix.get("rdev").toString());
        }
        return seen;
    }
}
