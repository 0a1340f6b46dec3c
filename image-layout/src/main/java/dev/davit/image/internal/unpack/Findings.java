package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.oci.MalformedContentException;
import java.util.ArrayList;
import java.util.List;

/** What is to be reported about the unpacking of an image. For one thread. */
public final class Findings {
    private final long maxEntries;
    private final List<Difference> differences = new ArrayList<>();
    private int layer;
    private long entries;
    private long bytes;

    Findings(long maxEntries) {
        this.maxEntries = maxEntries;
    }

    void startLayer(int index) {
        layer = index;
    }

    void countEntry() {
        entries++;
        if (entries > maxEntries) {
            throw new MalformedContentException(
                    "expected at most " + maxEntries + " entries (limit on entries), got more");
        }
    }

    void countBytes(long archiveBytes) {
        bytes += archiveBytes;
    }

    void differs(String path, Kind kind, String detail) {
        differences.add(new Difference(layer, path, kind, detail));
    }

    /** {@return how many entries there were in all layers} */
    public long entries() {
        return entries;
    }

    /** {@return how many uncompressed bytes there were in all layers} */
    public long bytes() {
        return bytes;
    }

    /** {@return everything that is not as the image says} */
    public List<Difference> differences() {
        return differences;
    }
}
