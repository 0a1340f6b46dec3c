package dev.davit.oci;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;

/**
 * Computes chain IDs: names for a stack of applied layers, made from their diff IDs. Snapshots and layer caches go by
 * them.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#layer-chainid">image-spec, config.md,
 *     "Layer ChainID"</a>
 */
public final class ChainId {
    private ChainId() {}

    /**
     * The chain IDs of all stacks that a list of layers goes through: the first is that of the lowest layer alone, which
     * is its diff ID, the last is that of all layers.
     *
     * @param diffIds the diff IDs, lowest layer first
     * @return as many chain IDs, all but the first of sha256
     */
    public static List<Digest> allOf(List<Digest> diffIds) {
        List<Digest> chain = new ArrayList<>(diffIds.size());
        for (Digest diffId : diffIds) {
            chain.add(
                    chain.isEmpty()
                            ? diffId
                            : Digest.sha256((chain.get(chain.size() - 1) + " " + diffId).getBytes(US_ASCII)));
        }
        return List.copyOf(chain);
    }

    /**
     * The chain ID of a stack of layers.
     *
     * @param diffIds the diff IDs, lowest layer first
     * @return the chain ID of all of them together
     * @throws IllegalArgumentException if there is no layer
     */
    public static Digest of(List<Digest> diffIds) {
        if (diffIds.isEmpty()) {
            throw new IllegalArgumentException("chain ID: expected at least one layer, got none");
        }
        return allOf(diffIds).get(diffIds.size() - 1);
    }
}
