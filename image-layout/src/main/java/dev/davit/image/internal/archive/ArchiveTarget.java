package dev.davit.image.internal.archive;

import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.PartialFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;

/** Where an archive is written to. */
final class ArchiveTarget {
    private ArchiveTarget() {}

    /** Writes into a stream, which stays open; what went there before something fails is not taken back. */
    static void write(OutputStream out, Consumer<ArchiveWriter> content) {
        ArchiveWriter archive = new ArchiveWriter(
                out,
                e -> new TransferException(Side.TARGET, null, "cannot write the archive: " + e.getMessage(), e),
                null);
        content.accept(archive);
        archive.finish();
    }

    /**
     * Writes a file: under another name beside its place, so that it is there only when it is whole and synced. A pipe or
     * device that is there already is written to.
     */
    static void write(Path target, Consumer<ArchiveWriter> content) {
        if (Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target)) {
            try (OutputStream out = Files.newOutputStream(target)) {
                write(out, content);
            } catch (IOException e) {
                throw new StorageException("write", target, e);
            }
            return;
        }
        Path folder = target.toAbsolutePath().getParent();
        Path name = target.getFileName();
        if (folder == null || name == null) {
            throw new StorageException("write", target, "it is no place for a file", null);
        }
        Path partial;
        try {
            partial = Files.createTempFile(folder, "." + name + ".", ".partial");
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        }
        try {
            writePartial(partial, target, folder, content);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            PartialFile.syncDirectory(folder);
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        } finally {
            delete(partial);
        }
    }

    private static void writePartial(Path partial, Path target, Path folder, Consumer<ArchiveWriter> content)
            throws IOException {
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            ArchiveWriter archive = new ArchiveWriter(
                    Channels.newOutputStream(channel), e -> new StorageException("write", target, e), folder);
            content.accept(archive);
            archive.finish();
            channel.force(true);
        }
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void delete(Path partial) {
        try {
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw new StorageException("delete", partial, e);
        }
    }
}
