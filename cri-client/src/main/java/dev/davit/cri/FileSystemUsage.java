package dev.davit.cri;

import dev.davit.cri.raw.FilesystemUsage;
import dev.davit.cri.raw.WindowsFilesystemUsage;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * What something takes in a file system.
 *
 * @param time when that was measured
 * @param mountPoint where the file system is on the node; may be empty
 * @param usedBytes bytes
 * @param usedInodes files and folders
 */
public record FileSystemUsage(Instant time, String mountPoint, OptionalLong usedBytes, OptionalLong usedInodes) {
    static FileSystemUsage of(FilesystemUsage raw) {
        return new FileSystemUsage(
                Times.instant(raw.getTimestamp()),
                raw.getFsId().getMountpoint(),
                Amounts.optional(raw.hasUsedBytes(), raw.getUsedBytes()),
                Amounts.optional(raw.hasInodesUsed(), raw.getInodesUsed()));
    }

    static FileSystemUsage of(WindowsFilesystemUsage raw) {
        return new FileSystemUsage(
                Times.instant(raw.getTimestamp()),
                raw.getFsId().getMountpoint(),
                Amounts.optional(raw.hasUsedBytes(), raw.getUsedBytes()),
                OptionalLong.empty());
    }
}
