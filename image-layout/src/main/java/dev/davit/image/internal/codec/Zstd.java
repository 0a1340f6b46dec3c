package dev.davit.image.internal.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Zstandard, where its library is at hand. Nothing else may name {@link ZstdJni}, so that all else works without. */
final class Zstd {
    private Zstd() {}

    static OutputStream encoder(OutputStream out, int level) throws IOException {
        try {
            return ZstdJni.encoder(out, level);
        } catch (LinkageError e) {
            throw missing(e);
        }
    }

    static InputStream decoder(InputStream in) throws IOException {
        try {
            return ZstdJni.decoder(in);
        } catch (LinkageError e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(LinkageError e) {
        return new IllegalStateException(
                "zstd needs the library com.github.luben:zstd-jni, which is not on the class path or has no native code"
                        + " for this system",
                e);
    }
}
