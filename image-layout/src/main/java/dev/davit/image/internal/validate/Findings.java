package dev.davit.image.internal.validate;

import dev.davit.image.Finding;
import dev.davit.image.Finding.Severity;
import dev.davit.image.ImageValidator;
import dev.davit.oci.Descriptor;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The findings of one validation, in order. For one thread. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();

    List<Finding> all() {
        return all;
    }

    void error(Node node, String problem) {
        add(Severity.ERROR, node, problem);
    }

    void warning(Node node, String problem) {
        add(Severity.WARNING, node, problem);
    }

    private void add(Severity severity, Node node, String problem) {
        if (all.size() < ImageValidator.MAX_FINDINGS) {
            all.add(new Finding(severity, node.place(), node.descriptor(), problem));
        }
    }

    /** Content that cannot be read is a finding; a thread that is interrupted is none. */
    void failed(Node node, RuntimeException e) {
        requireNoInterrupt(node, e);
        error(node, String.valueOf(e.getMessage()));
    }

    static void requireNoInterrupt(Node node, @Nullable RuntimeException cause) {
        if (Thread.currentThread().isInterrupted()) {
            throw new TransferException(Side.CALLER, node.descriptor(), "the validation was interrupted", cause);
        }
    }

    /**
     * Content at its place in the graph.
     *
     * @param place the members that lead there from the root
     * @param descriptor what is said of it there
     */
    record Node(String place, Descriptor descriptor) {
        Node child(String member, Descriptor child) {
            return new Node(place.isEmpty() ? member : place + "." + member, child);
        }
    }
}
