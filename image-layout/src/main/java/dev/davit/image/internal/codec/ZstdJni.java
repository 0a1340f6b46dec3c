package dev.davit.image.internal.codec;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.davit.oci.MalformedContentException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The only class that touches zstd-jni. */
final class ZstdJni {
    /** A frame that takes more memory to decode, 128 MiB, is refused, as the zstd tool does unless told otherwise. */
    private static final int MAX_WINDOW_LOG = 27;

    /** From this level on, each thread would take half a gigabyte and more. */
    private static final int TOO_LARGE_FOR_THREADS = 20;

    private static final int MAX_WORKERS = 8;

    private ZstdJni() {}

    static OutputStream encoder(OutputStream out, int level) throws IOException {
        // any number of workers gives the same bytes, but none at all gives others: so one at least, also with one core
        int workers = Math.min(Runtime.getRuntime().availableProcessors(), MAX_WORKERS);
        return new ZstdOutputStreamNoFinalizer(out, level)
                .setChecksum(true)
                .setWorkers(level < TOO_LARGE_FOR_THREADS ? workers : 0);
    }

    static InputStream decoder(InputStream in) throws IOException {
        return new Decoder(new ZstdInputStreamNoFinalizer(in).setLongMax(MAX_WINDOW_LOG));
    }

    /** What the library finds wrong with the data is no failure of the stream behind. */
    private static final class Decoder extends FilterInputStream {
        Decoder(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return super.read(target, offset, length);
            } catch (ZstdIOException e) {
                throw new MalformedContentException("zstd: " + e.getMessage(), e);
            }
        }
    }
}
