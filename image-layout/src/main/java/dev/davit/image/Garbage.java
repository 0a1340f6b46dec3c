package dev.davit.image;

import dev.davit.oci.Digest;
import java.util.List;

/**
 * What nothing in a layout refers to.
 *
 * @param blobs the blobs, sorted
 * @param abandoned how many files there are that were never finished, because what wrote them died
 * @param bytes how many bytes all of them take
 * @see OciLayout#garbage
 */
public record Garbage(List<Digest> blobs, int abandoned, long bytes) {
    /** Makes the list immutable. */
    public Garbage {
        blobs = List.copyOf(blobs);
    }
}
