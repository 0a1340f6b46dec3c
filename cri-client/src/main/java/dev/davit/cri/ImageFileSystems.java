package dev.davit.cri;

import java.util.List;

/**
 * The file systems that a runtime keeps images and containers in.
 *
 * @param images where images are
 * @param containers where the writable layers of containers are; empty on runtimes that do not say
 */
public record ImageFileSystems(List<FileSystemUsage> images, List<FileSystemUsage> containers) {
    /** Copies the lists. */
    public ImageFileSystems {
        images = List.copyOf(images);
        containers = List.copyOf(containers);
    }
}
