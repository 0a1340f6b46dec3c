package dev.davit.image;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.oci.internal.Text;
import java.time.Instant;
import java.util.Map;

/**
 * One entry of a layer as its archive has it: everything but the content. Names are as somebody else wrote them, may lead
 * anywhere, and are for looking at; {@link Unpacker} knows what to make of them.
 *
 * @param type what it is
 * @param name its name; a byte that is not UTF-8 is the lone surrogate U+DC00 + byte
 * @param mode permission bits with setuid, setgid and sticky: at most 07777
 * @param userId number of its owner
 * @param groupId number of its group
 * @param size length of the content of a file in bytes; 0 for anything else
 * @param time when it was changed
 * @param linkTarget what a hard or symbolic link leads to; empty for anything else
 * @param deviceMajor major number of a device
 * @param deviceMinor minor number of a device
 * @param xattrs extended attributes by name, sorted; nobody may change the values
 */
public record LayerEntry(
        Type type,
        String name,
        int mode,
        long userId,
        long groupId,
        long size,
        Instant time,
        String linkTarget,
        long deviceMajor,
        long deviceMinor,
        Map<String, byte[]> xattrs) {
    private static final int MAX_NAME = 8192;
    private static final int MIDDLE = 19;

    /** What an entry is. */
    public enum Type {
        /** A file, or a whiteout, which is one with a name that means a deletion. */
        FILE('-'),
        /** Another name of a file whose entry came before, or that is in a layer below. */
        HARD_LINK('h'),
        /** A symbolic link. */
        SYMLINK('l'),
        /** A character device. */
        CHARACTER_DEVICE('c'),
        /** A block device. */
        BLOCK_DEVICE('b'),
        /** A directory. */
        DIRECTORY('d'),
        /** A named pipe. */
        FIFO('p');

        private final char letter;

        Type(char letter) {
            this.letter = letter;
        }

        private static Type of(EntryType type) {
            return switch (type) {
                case FILE -> FILE;
                case HARD_LINK -> HARD_LINK;
                case SYMLINK -> SYMLINK;
                case CHARACTER_DEVICE -> CHARACTER_DEVICE;
                case BLOCK_DEVICE -> BLOCK_DEVICE;
                case DIRECTORY -> DIRECTORY;
                case FIFO -> FIFO;
            };
        }
    }

    static LayerEntry of(TarEntry entry) {
        return new LayerEntry(
                Type.of(entry.type()),
                entry.name(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.size(),
                Instant.ofEpochSecond(entry.mtimeSeconds(), entry.mtimeNanos()),
                entry.linkTarget(),
                entry.deviceMajor(),
                entry.deviceMinor(),
                entry.xattrs());
    }

    /**
     * {@return one line in the manner of {@code tar -tvn}, with the names of extended attributes at its end. Names that
     * could be taken for something else are quoted and escaped}
     */
    @Override
    public String toString() {
        boolean isDevice = type == Type.CHARACTER_DEVICE || type == Type.BLOCK_DEVICE;
        String owner = userId + "/" + groupId;
        String amount = isDevice ? deviceMajor + "," + deviceMinor : Long.toString(size);
        StringBuilder line = new StringBuilder();
        line.append(type.letter).append(permissions()).append(' ').append(owner);
        line.append(" ".repeat(Math.max(1, MIDDLE - owner.length() - amount.length())));
        line.append(amount).append(' ').append(time).append(' ').append(plain(name));
        if (type == Type.SYMLINK) {
            line.append(" -> ").append(plain(linkTarget));
        } else if (type == Type.HARD_LINK) {
            line.append(" link to ").append(plain(linkTarget));
        }
        if (!xattrs.isEmpty()) {
            line.append(" [");
            line.append(String.join(
                    ", ", xattrs.keySet().stream().map(LayerEntry::plain).toList()));
            line.append(']');
        }
        return line.toString();
    }

    private String permissions() {
        char[] letters = "rwxrwxrwx".toCharArray();
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (mode & 0400 >> i) == 0 ? '-' : letters[i];
        }
        special(letters, 2, 04000, 's');
        special(letters, 5, 02000, 's');
        special(letters, 8, 01000, 't');
        return new String(letters);
    }

    private void special(char[] letters, int at, int bit, char letter) {
        if ((mode & bit) != 0) {
            letters[at] = letters[at] == 'x' ? letter : Character.toUpperCase(letter);
        }
    }

    private static String plain(String text) {
        String escaped = Text.plain(text.replace("\\", "\\\\").replace("\"", "\\\""), MAX_NAME);
        boolean isClear = escaped.equals(text) && !text.isEmpty() && text.equals(text.strip());
        return isClear ? text : '"' + escaped + '"';
    }
}
