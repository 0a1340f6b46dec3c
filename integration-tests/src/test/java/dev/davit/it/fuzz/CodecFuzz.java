package dev.davit.it.fuzz;

import static dev.davit.it.fuzz.Property.require;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.Codecs;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digester;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.internal.ByteBlob;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Compressed data of any kind: what the JDK's inflater makes of it, Davit's makes too, and refuses what that refuses. And
 * data to be compressed: both make of what Davit's compressor writes what it was.
 */
final class CodecFuzz {
    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 20, 10_000);
    private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private CodecFuzz() {}

    /** Called by the fuzzer: the first byte says whether the others are a layer, data that deflate may have made, or to be compressed. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] data = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 1) != 0) {
            compare(data);
        } else if ((input[0] & 2) != 0) {
            compress(data, input[0] >>> 2 & 63);
        } else {
            decode(data);
        }
    }

    /** The bytes, and then the bytes again, as often as a number says, so that matches reach beyond windows and segments. */
    private static void compress(byte[] data, int kind) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        for (int i = 0; i < 1 << (kind / 9) && plain.size() <= LIMITS.maxBytes() - data.length; i++) {
            plain.writeBytes(data);
        }
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = Codecs.encoder(Compression.GZIP, 1 + kind % 9, gzip)) {
            plain.writeTo(out);
        }
        byte[] stored = gzip.toByteArray();
        require(Arrays.equals(decode(stored), plain.toByteArray()), "what was compressed comes out");
        byte[] theirs = new GZIPInputStream(new ByteArrayInputStream(stored)).readAllBytes();
        require(Arrays.equals(theirs, plain.toByteArray()), "zlib finds the same in it");
    }

    private static byte @Nullable [] decode(byte[] layer) throws IOException {
        ByteBlob blob = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, layer), layer);
        try (LayerDecoder decoder = LayerDecoder.open(blob, LIMITS, Digester.sha256())) {
            return decoder.readAllBytes();
        } catch (MalformedContentException e) {
            return null;
        }
    }

    private static void compare(byte[] deflated) throws IOException {
        Inflater inflater = new Inflater(true);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        boolean ended;
        long used;
        try {
            inflater.setInput(deflated);
            byte[] buffer = new byte[4096];
            for (int n = -1; n != 0 && expected.size() <= LIMITS.maxBytes(); ) {
                n = inflater.inflate(buffer);
                expected.write(buffer, 0, n);
            }
            ended = inflater.finished();
        } catch (DataFormatException e) {
            ended = false;
        } finally {
            used = inflater.getBytesRead();
            inflater.end();
        }
        byte[] whole = ended ? Arrays.copyOf(deflated, (int) used) : deflated;
        byte[] actual = decode(gzip(whole, expected.toByteArray()));
        if (ended && expected.size() <= LIMITS.maxBytes()) {
            require(Arrays.equals(actual, expected.toByteArray()), "the same comes out");
        } else {
            require(actual == null, "refused alike");
        }
    }

    private static byte[] gzip(byte[] deflated, byte[] plain) {
        CRC32 crc = new CRC32();
        crc.update(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(GZIP_HEADER);
        out.writeBytes(deflated);
        for (long number : new long[] {crc.getValue(), plain.length}) {
            for (int shift = 0; shift < 32; shift += 8) {
                out.write((int) (number >> shift));
            }
        }
        return out.toByteArray();
    }
}
