package dev.davit.benchmarks.unpack;

import com.sun.management.OperatingSystemMXBean;
import dev.davit.image.Compression;
import dev.davit.image.OciLayout;
import dev.davit.image.Unpacker;
import dev.davit.image.internal.codec.Codecs;
import dev.davit.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What Davit's parts take by themselves: to decode, to hash the stored bytes and the archive, and to write the files of an
 * archive that is not compressed. The rest of what Davit takes is spent between them.
 */
final class Floor implements Subject {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Path corpora;
    private final OciLayout layout;
    private final Map<String, CorpusLayer> archives = new HashMap<>();

    /**
     * For some corpora.
     *
     * @param corpora where their archives are
     * @param layout takes the archives as layers, when they are asked for first
     */
    Floor(Path corpora, OciLayout layout) {
        this.corpora = corpora;
        this.layout = layout;
    }

    @Override
    public double unpack(CorpusLayer layer, Path to) throws Exception {
        CorpusLayer archive = archives.get(layer.corpus());
        if (archive == null) {
            archive = CorpusLayer.of(corpora, layer.corpus(), CorpusLayer.NONE, layout);
            archives.put(layer.corpus(), archive);
        }
        try (InputStream in = Codecs.decoder(
                layer.compression().equals("gz") ? Compression.GZIP : Compression.ZSTD,
                Files.newInputStream(layer.file()))) {
            drain(in, Digester.sha256(), false);
        }
        hash(layer.file());
        Unpacker.into(to).unpack(archive.image());
        // the archive was hashed twice by that, as it is stored and as it comes out, and once by this
        long before = PROCESS.getProcessCpuTime();
        hash(archive.file());
        return -2 * (PROCESS.getProcessCpuTime() - before) / 1e9;
    }

    private static void hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            drain(in, Digester.sha256(), true);
        }
    }

    private static void drain(InputStream in, Digester digester, boolean hash) throws IOException {
        byte[] buffer = new byte[128 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (hash) {
                digester.update(buffer, 0, n);
            }
        }
    }
}
