package dev.davit.image.internal.tar;

/** What an entry of a tar archive is. */
public enum EntryType {
    FILE('0', "file"),
    HARD_LINK('1', "hard link"),
    SYMLINK('2', "symbolic link"),
    CHARACTER_DEVICE('3', "character device"),
    BLOCK_DEVICE('4', "block device"),
    DIRECTORY('5', "directory"),
    FIFO('6', "FIFO");

    final char flag;
    private final String text;

    EntryType(char flag, String text) {
        this.flag = flag;
        this.text = text;
    }

    /** {@return the type in words} */
    @Override
    public String toString() {
        return text;
    }
}
