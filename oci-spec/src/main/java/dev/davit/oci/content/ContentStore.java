package dev.davit.oci.content;

/** A place content can be put into. Safe to share between threads. */
public interface ContentStore extends ContentSource {
    /** What {@link #put} did. */
    enum Outcome {
        /** The bytes were copied. */
        COPIED,
        /** The content was there already; nothing was transferred. */
        EXISTED,
        /** The registry took the content over from another of its repositories; nothing was transferred. */
        MOUNTED
    }

    /**
     * Makes sure that the store has some content: all of it, verified, or nothing of it.
     *
     * @param blob the content
     * @return what was done
     * @throws dev.davit.oci.IntegrityException if the bytes are not the ones that the descriptor promises
     * @throws dev.davit.oci.DavitException if they cannot be read or written
     */
    Outcome put(Blob blob);
}
