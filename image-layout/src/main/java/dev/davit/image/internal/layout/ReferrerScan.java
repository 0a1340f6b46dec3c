package dev.davit.image.internal.layout;

import dev.davit.image.internal.layout.BlobFiles.BlobFile;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.MediaType;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.internal.ReferrerIndex;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds what refers to something among all blobs of a layout: no entry need name a signature. Each blob is looked at once,
 * and the folder is listed again only if its time has changed, or might hide a change. Safe to share between threads.
 */
public final class ReferrerScan {
    /** No file system in use has coarser times. */
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final BlobFiles files;
    private final ContentSource source;
    private final ReferrerIndex index = new ReferrerIndex();
    private final Set<Digest> seen = new HashSet<>();
    private Map<Path, FileTime> state = Map.of();
    private long since;
    private boolean settled;

    /**
     * A scan that has not begun.
     *
     * @param folder where the blobs are
     * @param source reads them
     */
    public ReferrerScan(BlobFolder folder, ContentSource source) {
        this.files = new BlobFiles(folder);
        this.source = source;
    }

    /** {@return what refers to a subject, as a registry lists it} */
    public List<Descriptor> of(Digest subject) {
        refresh();
        return index.of(subject, source);
    }

    private synchronized void refresh() {
        Map<Path, FileTime> now = files.times();
        if (!now.equals(state)) {
            state = now;
            since = System.nanoTime();
            settled = false;
        }
        if (settled) {
            return;
        }
        // a list that is made after the time of the folder has passed shows all that happened at that time
        boolean late = System.nanoTime() - since > TICK_NANOS;
        files.forEach(this::look);
        settled = late;
    }

    private void look(BlobFile file) {
        Digest digest = file.digest();
        if (digest == null
                || !digest.isVerifiable()
                || !file.attributes().isRegularFile()
                || file.size() > Document.MAX_SIZE
                || seen.contains(digest)) {
            return;
        }
        Descriptor content = Descriptor.of(MediaType.OCTET_STREAM, digest, file.size());
        UntypedBlobs.Look found = UntypedBlobs.look(source, content);
        found.document().ifPresent(document -> index.add(document, digest));
        if (found.intact()) {
            seen.add(digest);
        }
    }
}
