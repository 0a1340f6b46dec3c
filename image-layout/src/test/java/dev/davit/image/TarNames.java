package dev.davit.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What another reader of tar archives finds in one. */
final class TarNames {
    private TarNames() {}

    static List<String> files(byte[] archive) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            Stream.Builder<String> names = Stream.builder();
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    names.add(entry.getName());
                }
            }
            return names.build().toList();
        }
    }

    static byte[] content(byte[] archive, String name) throws IOException {
        Map<String, byte[]> found = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                found.put(entry.getName(), tar.readAllBytes());
            }
        }
        return Objects.requireNonNull(found.get(name), name);
    }
}
