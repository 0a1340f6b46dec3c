package dev.davit.image;

/** What files have on disk besides their names and content, for {@link LayerSpec#preserve}. */
public enum Attribute {
    /** Permissions, with setuid, setgid and sticky. */
    MODES,
    /** Numbers of users and groups. */
    OWNERS,
    /**
     * Times of the last change, to the nanosecond. None becomes later than the environment variable {@code
     * SOURCE_DATE_EPOCH} says, if it is set.
     */
    TIMES,
    /**
     * Extended attributes, such as {@code security.capability}. Java alone can read those whose names start with {@code
     * user.}; the others are read on Linux with JDK 22 or later, where native access is not denied, and as far as the
     * user may. What means something to one machine only, {@code security.selinux} and {@code trusted.overlay.*}, is left
     * out.
     */
    XATTRS
}
