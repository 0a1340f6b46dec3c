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

/** What is found about one image or layout, in order. For one thread. */
public final class Findings {
    private final List<Finding> all = new ArrayList<>();

    /** {@return what was found} */
    public List<Finding> all() {
        return all;
    }

    /** Something is not what it claims to be. */
    public void error(Node node, String problem) {
        add(Severity.ERROR, node, problem);
    }

    /** Something may be a mistake. */
    public void warning(Node node, String problem) {
        add(Severity.WARNING, node, problem);
    }

    /** Adds a finding, unless there are too many already. */
    public void add(Severity severity, Node node, String problem) {
        if (all.size() < ImageValidator.MAX_FINDINGS) {
            all.add(new Finding(severity, node.place(), node.descriptor(), problem));
        }
    }

    /** Content that cannot be read is a finding; a thread that is interrupted is none. */
    public void failed(Node node, RuntimeException e) {
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
    public record Node(String place, Descriptor descriptor) {
        /** {@return the content that a member of this one refers to} */
        public Node child(String member, Descriptor child) {
            return new Node(place.isEmpty() ? member : place + "." + member, child);
        }
    }
}
