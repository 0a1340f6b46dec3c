package dev.davit.image.internal.archive;

import dev.davit.oci.Descriptor;
import dev.davit.oci.content.ContentSource;
import java.util.List;

/**
 * Something that goes into an archive.
 *
 * @param source where its content is
 * @param root the manifest or index
 * @param names its names there, as the caller wrote them
 */
public record ArchiveItem(ContentSource source, Descriptor root, List<String> names) {}
