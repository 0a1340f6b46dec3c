package dev.davit.image.internal.archive;

import dev.davit.oci.Descriptor;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.InputStream;

/** A file of an archive as a blob. */
record SlotBlob(ArchiveFile archive, TarIndex.Slot slot, Descriptor descriptor) implements Blob {
    @Override
    public InputStream open() {
        return VerifyingInputStream.of(archive.open(slot), descriptor, archive.toString());
    }

    @Override
    public InputStream openRange(long from, long length) {
        return archive.open(slot, from, length);
    }
}
