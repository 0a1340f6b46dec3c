package dev.davit.benchmarks.unpack;

import java.nio.file.Path;

/** One way to unpack a layer. */
interface Subject {
    /**
     * Unpacks a layer, and nothing else.
     *
     * @param layer the layer
     * @param to an absent folder on the file system to be measured
     * @return CPU seconds of other processes that this process has not waited for, a daemon's
     * @throws UnsupportedOperationException if it cannot do that with such a layer
     */
    double unpack(CorpusLayer layer, Path to) throws Exception;
}
