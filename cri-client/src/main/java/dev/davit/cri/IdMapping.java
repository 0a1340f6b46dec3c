package dev.davit.cri;

import dev.davit.cri.raw.IDMapping;
import java.util.List;

/**
 * A range of user or group IDs in a user namespace.
 *
 * @param hostId the first ID on the node
 * @param containerId the first ID in the namespace
 * @param length how many there are
 */
public record IdMapping(long hostId, long containerId, long length) {
    private static final long MOST = 0xFFFFFFFFL;

    /** Checks that these are numbers of 32 bits. */
    public IdMapping {
        for (long number : new long[] {hostId, containerId, length}) {
            if (number < 0 || number > MOST) {
                throw new IllegalArgumentException("ID mapping: expected 0 to " + MOST + ", got " + number);
            }
        }
    }

    static List<IDMapping> raw(List<IdMapping> mappings) {
        return mappings.stream()
                .map(each -> IDMapping.newBuilder()
                        .setHostId((int) each.hostId)
                        .setContainerId((int) each.containerId)
                        .setLength((int) each.length)
                        .build())
                .toList();
    }

    static List<IdMapping> of(List<IDMapping> raw) {
        return raw.stream()
                .map(each -> new IdMapping(
                        Integer.toUnsignedLong(each.getHostId()),
                        Integer.toUnsignedLong(each.getContainerId()),
                        Integer.toUnsignedLong(each.getLength())))
                .toList();
    }
}
