package dev.davit.benchmarks.unpack;

import com.github.luben.zstd.ZstdInputStream;
import dev.davit.oci.Digest;
import dev.davit.oci.image.Layer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The loop that everybody writes: commons-compress and the JDK, with both digests, modes and times, and neither owners nor
 * whiteouts nor extended attributes.
 *
 * @param gunzip whether commons-compress decodes gzip, too, and not the JDK
 */
record JavaLoop(boolean gunzip) implements Subject {
    private record Directory(Path path, Set<PosixFilePermission> mode, FileTime time) {}

    @Override
    public double unpack(CorpusLayer layer, Path to) throws Exception {
        boolean gzip = layer.compression().equals("gz");
        if (gunzip && !gzip) {
            throw new UnsupportedOperationException("gzip only");
        }
        MessageDigest stored = MessageDigest.getInstance("SHA-256");
        MessageDigest archive = MessageDigest.getInstance("SHA-256");
        Files.createDirectories(to);
        // commons-compress goes back in its source, and what it reads twice must not be hashed twice
        try (InputStream in =
                        new BufferedInputStream(new DigestInputStream(Files.newInputStream(layer.file()), stored));
                InputStream decoded = new DigestInputStream(decode(in, gzip), archive);
                TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(decoded))) {
            unpack(tar, to);
            decoded.transferTo(OutputStream.nullOutputStream());
            in.transferTo(OutputStream.nullOutputStream());
        }
        Layer image = layer.image().layers().get(0);
        require(stored, image.descriptor().digest());
        require(archive, image.diffId());
        return 0;
    }

    private InputStream decode(InputStream in, boolean gzip) throws IOException {
        if (!gzip) {
            return new ZstdInputStream(in);
        }
        return gunzip ? new GzipCompressorInputStream(in) : new GZIPInputStream(in);
    }

    private static void require(MessageDigest digest, Digest expected) throws IOException {
        String actual = HexFormat.of().formatHex(digest.digest());
        if (!actual.equals(expected.encoded())) {
            throw new IOException("expected " + expected.encoded() + ", got " + actual);
        }
    }

    private static void unpack(TarArchiveInputStream tar, Path to) throws IOException {
        List<Directory> directories = new ArrayList<>();
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = to.resolve(entry.getName()).normalize();
            if (!path.startsWith(to)) {
                throw new IOException("outside: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
                directories.add(new Directory(path, mode(entry), entry.getLastModifiedTime()));
            } else if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else if (entry.isLink()) {
                Files.createLink(path, to.resolve(entry.getLinkName()).normalize());
            } else {
                Files.createDirectories(path.getParent());
                Files.copy(tar, path);
                Files.setPosixFilePermissions(path, mode(entry));
                Files.setLastModifiedTime(path, entry.getLastModifiedTime());
            }
        }
        for (int i = directories.size() - 1; i >= 0; i--) {
            Directory directory = directories.get(i);
            Files.setPosixFilePermissions(directory.path(), directory.mode());
            Files.setLastModifiedTime(directory.path(), directory.time());
        }
    }

    private static Set<PosixFilePermission> mode(TarArchiveEntry entry) {
        Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((entry.getMode() >> (all.length - 1 - i) & 1) != 0) {
                mode.add(all[i]);
            }
        }
        return mode;
    }
}
