package dev.davit.image.internal.tar;

import dev.davit.image.internal.Names;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the headers before an entry say about it, and how that goes together with its own header. For one thread. */
final class Extensions {
    private static final String SPARSE_NAME = TarFormat.SPARSE + "name";
    private static final String SPARSE_MAJOR = TarFormat.SPARSE + "major";
    private static final String SPARSE_MINOR = TarFormat.SPARSE + "minor";
    private static final String SPARSE_SIZE = TarFormat.SPARSE + "size";
    private static final String SPARSE_REAL_SIZE = TarFormat.SPARSE + "realsize";

    private final TarLimits limits;
    private final Map<String, byte[]> global = new HashMap<>();
    private Map<String, byte[]> local = Map.of();
    private @Nullable String longName;
    private @Nullable String longLink;
    private long bytes;
    private boolean pending;

    Extensions(TarLimits limits) {
        this.limits = limits;
    }

    void startEntry() {
        local = Map.of();
        longName = null;
        longLink = null;
        bytes = 0;
        pending = false;
    }

    /** {@return how many bytes of headers there are for this entry} */
    long bytes() {
        return bytes;
    }

    /** {@return whether there was a header for an entry that did not come yet} */
    boolean isPending() {
        return pending;
    }

    void local(byte[] record) {
        count(record);
        local = PaxRecords.parse(record);
        pending = true;
    }

    /** Holds for all entries from here on. An empty value takes back an earlier one. */
    void global(byte[] record) {
        count(record);
        PaxRecords.parse(record).forEach((key, value) -> {
            if (key.startsWith(TarFormat.SPARSE)) {
                throw new MalformedContentException(
                        "global PAX header: expected no " + Text.quote(key) + ", which is about one file");
            }
            if (value.length == 0) {
                global.remove(key);
            } else {
                global.put(key, value);
            }
        });
        long held = 0;
        for (Map.Entry<String, byte[]> kept : global.entrySet()) {
            held += kept.getKey().length() + kept.getValue().length;
        }
        limits.requireHeaderBytes("global PAX headers", held);
    }

    void longName(byte[] record) {
        count(record);
        longName = upToNul(record);
        pending = true;
    }

    void longLink(byte[] record) {
        count(record);
        longLink = upToNul(record);
        pending = true;
    }

    private void count(byte[] record) {
        // an empty record costs its header block all the same
        bytes += record.length + TarFormat.BLOCK;
    }

    private static String upToNul(byte[] record) {
        int length = 0;
        while (length < record.length && record[length] != 0) {
            length++;
        }
        return Names.decode(record, 0, length);
    }

    TarEntry apply(HeaderParser header) {
        EntryType type = type(header.typeFlag());
        String name = longName != null ? longName : text(SPARSE_NAME, text("path", header.name()));
        String link = longLink != null ? longLink : text("linkpath", header.link());
        checkLength("name", name);
        checkLength("link target", link);
        refuseUnknownSparse();
        boolean hasLink = type == EntryType.HARD_LINK || type == EntryType.SYMLINK;
        TarEntry.Builder entry = TarEntry.of(type, name)
                .mode(header.mode())
                .linkTarget(hasLink ? link : "")
                .owner(id("uid", header.uid()), id("gid", header.gid()));
        if (type == EntryType.FILE) {
            long size = Numbers.inRange("size", number("size", header.size()), 0, Long.MAX_VALUE - TarFormat.BLOCK);
            entry.size(size);
        } else if (type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE) {
            entry.device(header.deviceMajor(), header.deviceMinor());
        }
        byte[] mtime = record("mtime");
        if (mtime == null) {
            entry.mtime(Numbers.time(header.mtime()), 0);
        } else {
            entry.mtime(Numbers.seconds(mtime), Numbers.nanos(mtime));
        }
        if (!local.isEmpty() || !global.isEmpty()) {
            entry.xattrs(Xattrs.of(global, local));
        }
        return entry.build();
    }

    private static EntryType type(char flag) {
        return switch (flag) {
            // "contiguous" files are files
            case '0', '7', 'S' -> EntryType.FILE;
            case '1' -> EntryType.HARD_LINK;
            case '2' -> EntryType.SYMLINK;
            case '3' -> EntryType.CHARACTER_DEVICE;
            case '4' -> EntryType.BLOCK_DEVICE;
            case '5' -> EntryType.DIRECTORY;
            case '6' -> EntryType.FIFO;
            default ->
                throw new MalformedContentException("type: expected file, link, device, directory or FIFO, got "
                        + Text.quote(String.valueOf(flag)));
        };
    }

    /** How the map of a sparse file is told. */
    enum Sparse {
        /** It is not sparse. */
        NONE,
        /** In the header and the blocks behind it. */
        OLD,
        /** In PAX records. */
        RECORDS,
        /** Before the data. */
        DATA
    }

    Sparse sparse(HeaderParser header) {
        if (header.typeFlag() == 'S') {
            return Sparse.OLD;
        }
        if (local.containsKey(SPARSE_MAJOR)) {
            return Sparse.DATA;
        }
        return local.containsKey(SPARSE_SIZE) ? Sparse.RECORDS : Sparse.NONE;
    }

    /** {@return the length of a sparse file that PAX records describe} */
    long sparseSize() {
        return number(local.containsKey(SPARSE_MAJOR) ? SPARSE_REAL_SIZE : SPARSE_SIZE, -1);
    }

    /** Takes the map from the records. */
    void sparseMap(SparseMap.Builder map) {
        byte[] text = local.get(PaxRecords.SPARSE_MAP);
        if (text != null && text.length > 0) {
            map.addAll(text);
        }
    }

    /** Star has a format of its own, and a version to come may have another. */
    private void refuseUnknownSparse() {
        byte[] major = local.get(SPARSE_MAJOR);
        byte[] minor = local.get(SPARSE_MINOR);
        boolean known =
                major == null || (Arrays.equals(major, new byte[] {'1'}) && Arrays.equals(minor, new byte[] {'0'}));
        if (!known || local.containsKey("SCHILY.realsize")) {
            throw new MalformedContentException(
                    "expected a sparse file in one of GNU's formats up to 1.0, got another: write the archive without"
                            + " --sparse");
        }
    }

    private void checkLength(String what, String name) {
        // a character is at most three bytes, so most names need no encoding to be known as short enough
        if (name.length() > limits.maxNameBytes() / 3 && Names.encode(name).length > limits.maxNameBytes()) {
            throw new LimitExceededException(
                    "maxNameBytes",
                    limits.maxNameBytes(),
                    what + ": expected at most " + limits.maxNameBytes() + " bytes (limit on names), got "
                            + Names.encode(name).length,
                    null);
        }
    }

    /** {@return the record, or null if the header's own value counts: there is none, or it is empty} */
    private byte @Nullable [] record(String key) {
        byte[] value = local.get(key);
        if (value == null) {
            value = global.get(key);
        }
        return value == null || value.length == 0 ? null : value;
    }

    private String text(String key, String otherwise) {
        byte[] value = record(key);
        if (value == null) {
            return otherwise;
        }
        String text = Names.decode(value, 0, value.length);
        if (text.indexOf('\0') >= 0) {
            throw new MalformedContentException("PAX " + key + ": expected no NUL, got " + Text.quote(text));
        }
        return text;
    }

    private long number(String key, long otherwise) {
        byte[] value = record(key);
        return value == null ? otherwise : Numbers.decimal("PAX " + key, value);
    }

    private long id(String key, long otherwise) {
        return Numbers.inRange(key, number(key, otherwise), 0, Numbers.MAX_ID);
    }
}
