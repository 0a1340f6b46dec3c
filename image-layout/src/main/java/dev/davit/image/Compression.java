package dev.davit.image;

/** How a layer is compressed. */
public enum Compression {
    /** Not at all: the layer is its tar archive. */
    NONE,
    /** gzip, which every tool and registry takes. */
    GZIP,
    /**
     * Zstandard: smaller and much faster to unpack, but some tools refuse it. Needs {@code com.github.luben:zstd-jni}
     * on the class path.
     */
    ZSTD
}
