package dev.davit.image;

/**
 * How a layer is compressed. The same archive at the same level gives the same bytes each time; with gzip on every machine,
 * with every version of Java and with any number of cores, since the compressor is Davit's own. With zstd, other versions of
 * its library may compress to other bytes, with the same diffID.
 */
public enum Compression {
    /** Not at all: the layer is its tar archive. */
    NONE(0, 0, 0),
    /**
     * gzip, which every tool and registry takes. Levels 1 to 9, of which 6 is used unless another is asked for; each makes a
     * layer about as large as zlib does at that level. Layers of more than 256 KiB are compressed by up to 8 threads, as many
     * as there are cores, which end with the layer; each takes about 1 MB.
     */
    GZIP(1, 6, 9),
    /**
     * Zstandard: smaller and much faster to unpack, but some tools refuse it. Needs {@code com.github.luben:zstd-jni}
     * on the class path. Levels 1 to 22, of which 3 is used unless another is asked for; from 20 on it takes much memory,
     * also to unpack.
     */
    ZSTD(1, 3, 22);

    private final int minLevel;
    private final int defaultLevel;
    private final int maxLevel;

    Compression(int minLevel, int defaultLevel, int maxLevel) {
        this.minLevel = minLevel;
        this.defaultLevel = defaultLevel;
        this.maxLevel = maxLevel;
    }

    /** {@return the level that is used unless another is asked for} */
    public int defaultLevel() {
        return defaultLevel;
    }

    /** {@return the level that takes longest and gives least; the lowest is 1. 0 if there are no levels} */
    public int maxLevel() {
        return maxLevel;
    }

    void requireLevel(int level) {
        if (level < minLevel || level > maxLevel) {
            String expected = maxLevel == 0 ? "no level" : minLevel + " to " + maxLevel;
            throw new IllegalArgumentException("level of " + name() + ": expected " + expected + ", got " + level);
        }
    }
}
