package dev.davit.image.internal.build;

import dev.davit.image.internal.codec.Codecs;
import dev.davit.image.internal.codec.Magic;
import dev.davit.image.internal.codec.SourceStream;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A tar archive, plain or compressed with gzip or zstd, that can be read more than once.
 *
 * @param name what it is, for messages
 * @param opener opens it at its first byte
 * @param failure makes an exception of a failure to read it
 */
public record ArchiveSource(String name, Opener opener, Function<IOException, RuntimeException> failure) {
    /** Opens a stream. */
    public interface Opener {
        /** {@return the archive from its first byte} */
        InputStream open() throws IOException;
    }

    /** Takes what is in an archive. */
    public interface Visitor {
        /** Takes an entry, whose data may be read. */
        void visit(TarEntry entry, TarReader data) throws IOException;
    }

    /** {@return the archive in a file} */
    public static ArchiveSource of(Path file) {
        return new ArchiveSource(
                "archive " + Text.plain(file.toString()),
                () -> Files.newInputStream(file),
                e -> new StorageException("read", file, e));
    }

    /** {@return an archive of streams that someone else opens} */
    public static ArchiveSource of(Supplier<? extends InputStream> supplier) {
        return new ArchiveSource(
                "archive",
                supplier::get,
                e -> new TransferException(Side.SOURCE, null, "cannot read an archive: " + e.getMessage(), e));
    }

    /**
     * Reads the archive once.
     *
     * @param visitor gets each entry
     * @throws MalformedContentException if it is no tar archive
     * @throws IOException if the visitor fails
     */
    public void read(Visitor visitor) throws IOException {
        try (InputStream in = opened()) {
            TarReader tar = new TarReader(in, TarLimits.DEFAULT);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                visitor.visit(entry, tar);
            }
        } catch (MalformedContentException e) {
            throw new MalformedContentException(name + ": " + e.getMessage(), e);
        }
    }

    private InputStream opened() throws IOException {
        InputStream stored;
        try {
            stored = new SourceStream(opener.open(), failure);
        } catch (IOException e) {
            throw failure.apply(e);
        }
        try {
            byte[] head = stored.readNBytes(Magic.LENGTH);
            PushbackInputStream whole = new PushbackInputStream(stored, Magic.LENGTH);
            whole.unread(head);
            return Codecs.decoder(Magic.compression(head), whole);
        } catch (IOException | RuntimeException e) {
            try (stored) {
                throw e;
            }
        }
    }
}
