package dev.davit.image.internal.codec;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The only class that touches zstd-jni, so that everything else works without it. */
final class Zstd {
    private static final int LEVEL = 3;

    /** A frame that needs more memory to be decoded, 128 MiB, is refused, as the zstd tool does unless told otherwise. */
    private static final int MAX_WINDOW_LOG = 27;

    private Zstd() {}

    static OutputStream compress(OutputStream out) throws IOException {
        return load(() -> new ZstdOutputStreamNoFinalizer(out, LEVEL).setChecksum(true));
    }

    static InputStream decompress(InputStream in) throws IOException {
        return load(() -> new ZstdInputStreamNoFinalizer(in).setLongMax(MAX_WINDOW_LOG));
    }

    private static <T> T load(Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "zstd needs the library com.github.luben:zstd-jni, which is not on the class path or has no native"
                            + " code for this system",
                    e);
        }
    }

    private interface Opening<T> {
        T open() throws IOException;
    }
}
