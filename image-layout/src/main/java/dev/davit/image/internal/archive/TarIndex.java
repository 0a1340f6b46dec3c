package dev.davit.image.internal.archive;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Where in a tar archive its files are. Links are followed inside the archive alone. Immutable. */
final class TarIndex {
    private static final int MAX_ENTRIES = 250_000;
    private static final int MAX_CHARACTERS = 32 << 20;
    private static final int MAX_LINKS = 16;

    private final Map<String, Slot> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    /** Where the data of a file is. */
    record Slot(long offset, long size) {}

    private TarIndex() {}

    static TarIndex read(String what, InputStream archive) {
        TarIndex index = new TarIndex();
        try (archive) {
            TarReader tar = new TarReader(archive, TarLimits.DEFAULT);
            long characters = 0;
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                if (tar.isSparse()) {
                    throw new MalformedContentException("expected files with all of their bytes, got the sparse file "
                            + Text.quote(entry.name()) + ": write the archive without --sparse");
                }
                index.add(entry, tar.position());
                characters += entry.name().length() + entry.linkTarget().length();
                if (index.files.size() + index.links.size() > MAX_ENTRIES || characters > MAX_CHARACTERS) {
                    throw new MalformedContentException("expected at most " + MAX_ENTRIES + " entries, with "
                            + MAX_CHARACTERS + " characters in their names, got more");
                }
            }
            return index;
        } catch (MalformedContentException e) {
            throw new MalformedContentException(what + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new MalformedContentException(what + ": cannot be read", e);
        }
    }

    /** Two files of one name would let two readers see two images. */
    private void add(TarEntry entry, long offset) {
        String name = normal(entry.name(), "");
        switch (entry.type()) {
            case FILE -> {
                if (files.put(name, new Slot(offset, entry.size())) != null || links.containsKey(name)) {
                    throw twice(name);
                }
            }
            case SYMLINK, HARD_LINK -> {
                boolean symbolic = entry.type() == EntryType.SYMLINK;
                String base = symbolic && name.indexOf('/') >= 0 ? name.substring(0, name.lastIndexOf('/')) : "";
                if (links.put(name, normal(entry.linkTarget(), base)) != null || files.containsKey(name)) {
                    throw twice(name);
                }
            }
            default -> {
                // directories say nothing, and nothing else is read
            }
        }
    }

    private static MalformedContentException twice(String name) {
        return new MalformedContentException("expected each file once, got " + Text.quote(name) + " twice");
    }

    /** {@return the name without dots, as seen from a directory; what leads out of the archive ends at its top} */
    private static String normal(String name, String directory) {
        Deque<String> elements = new ArrayDeque<>();
        String whole = name.startsWith("/") ? name : directory + '/' + name;
        for (String element : whole.split("/", -1)) {
            if (element.equals("..")) {
                elements.pollLast();
            } else if (!element.isEmpty() && !element.equals(".")) {
                elements.add(element);
            }
        }
        return String.join("/", elements);
    }

    /** {@return where a file is, if there is one of this name} */
    Optional<Slot> find(String name) {
        String at = normal(name, "");
        for (int i = 0; i < MAX_LINKS; i++) {
            Slot slot = files.get(at);
            if (slot != null) {
                return Optional.of(slot);
            }
            String target = links.get(at);
            if (target == null) {
                return Optional.empty();
            }
            at = target;
        }
        return Optional.empty();
    }

    /** {@return the names of all files and links below a directory} */
    Stream<String> below(String directory) {
        return Stream.of(files.keySet(), links.keySet())
                .flatMap(Set::stream)
                .filter(name -> name.startsWith(directory + '/'));
    }
}
