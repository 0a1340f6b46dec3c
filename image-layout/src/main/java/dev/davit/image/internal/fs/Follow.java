package dev.davit.image.internal.fs;

import java.nio.file.LinkOption;
import java.util.Arrays;

/** Whether a symbolic link at the end of a path is followed. */
enum Follow {
    YES,
    NO;

    static Follow of(LinkOption... options) {
        return Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS) ? NO : YES;
    }
}
