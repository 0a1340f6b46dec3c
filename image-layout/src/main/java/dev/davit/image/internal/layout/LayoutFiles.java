package dev.davit.image.internal.layout;

import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.LayoutHeader;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.PartialFile;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two files of an image layout beside its blobs: {@code oci-layout}, which says that it is one, and {@code
 * index.json}, which says what is in it. Only one at a time may change them; reading needs no lock, since they are
 * replaced whole.
 */
public final class LayoutFiles {
    /** Name of the file that marks a layout. */
    public static final String MARKER = "oci-layout";
    /** Name of the file with the entries of a layout. */
    public static final String INDEX = "index.json";

    private static final int MAX_MARKER = 4096;
    /** What a layout that was not finished consists of. */
    private static final Set<String> OWN = Set.of(BlobFolder.SCRATCH, "blobs", INDEX, MARKER);

    private final Path folder;
    private final BlobFolder blobs;
    private final Path scratch;
    private final LayoutLock lock;
    /** Held around the other by those who share blobs: what is garbage depends on the names of all of them. */
    private final Optional<LayoutLock> blobsLock;

    /** The entries as they were last: they need not be parsed again while the file has the same bytes. */
    private volatile SoftReference<Index> last = new SoftReference<>(null);

    /**
     * The files of a layout, which need not exist.
     *
     * @param folder the layout
     * @param blobs where its blobs are
     */
    public LayoutFiles(Path folder, BlobFolder blobs) {
        this(
                folder,
                blobs,
                new LayoutLock(folder.resolve(BlobFolder.SCRATCH)),
                blobs.shared() ? Optional.of(new LayoutLock(blobs.scratch())) : Optional.empty());
    }

    LayoutFiles(Path folder, BlobFolder blobs, LayoutLock lock, Optional<LayoutLock> blobsLock) {
        this.folder = folder;
        this.blobs = blobs;
        this.scratch = folder.resolve(BlobFolder.SCRATCH);
        this.lock = lock;
        this.blobsLock = blobsLock;
    }

    /** {@return whether there is something that says that it is a layout} */
    public boolean exist() {
        return Files.exists(folder.resolve(MARKER), java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes the folder a layout, unless somebody else does so at the same time.
     *
     * @throws StorageException if there is something else already
     */
    public void create() {
        try {
            if (Files.isDirectory(folder)) {
                requireOwn();
            }
            PartialFile.createDirectories(folder, true);
            PartialFile.createDirectories(scratch, false);
            PartialFile.createDirectories(folder.resolve("blobs"), false);
            if (blobs.shared()) {
                PartialFile.createDirectories(blobs.scratch(), true);
            }
        } catch (IOException e) {
            throw new StorageException("create a layout in", folder, e);
        }
        Index empty = Index.builder().build();
        if (!SmallFiles.createUnlessThere(folder.resolve(INDEX), scratch, empty.toBytes())) {
            locked(check -> createIndex(empty));
        }
        // last, since it is what says that the rest is there
        SmallFiles.replace(folder.resolve(MARKER), scratch, LayoutHeader.V1.toBytes());
        last = new SoftReference<>(empty);
    }

    /** Where there are no hard links. */
    private Path createIndex(Index empty) {
        if (!Files.exists(folder.resolve(INDEX))) {
            SmallFiles.replace(folder.resolve(INDEX), scratch, empty.toBytes());
        }
        return folder;
    }

    private void requireOwn() throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            Set<String> names = children.map(c -> c.getFileName().toString()).collect(Collectors.toSet());
            if (!names.isEmpty() && !(names.contains(BlobFolder.SCRATCH) && OWN.containsAll(names))) {
                throw new StorageException(
                        "create a layout in", folder, "it has no file " + MARKER + " but is not empty", null);
            }
        }
    }

    /**
     * Checks that this is a layout of a known version.
     *
     * @throws NotFoundException if it is none
     * @throws MalformedContentException if it is one that Davit does not understand
     */
    public void check() {
        byte[] bytes;
        try {
            bytes = SmallFiles.read(folder.resolve(MARKER), MAX_MARKER);
        } catch (NotFoundException e) {
            throw new NotFoundException("no image layout at " + folder + ": it has no file " + MARKER, e);
        }
        checkMarker(folder.resolve(MARKER).toString(), bytes);
    }

    /**
     * Checks the content of a marker file.
     *
     * @param where where it is, for messages
     * @param bytes its content
     * @throws MalformedContentException if it names no version that Davit understands
     */
    public static void checkMarker(String where, byte[] bytes) {
        try {
            LayoutHeader.parse(bytes);
        } catch (MalformedContentException e) {
            throw new MalformedContentException(where + ": " + e.getMessage(), e);
        }
    }

    /**
     * {@return the entries of the layout as they are now}
     *
     * @throws NotFoundException if there is no such file
     * @throws MalformedContentException if it is no index
     */
    public Index index() {
        Path file = folder.resolve(INDEX);
        byte[] bytes = SmallFiles.read(file, Document.MAX_SIZE);
        Index known = last.get();
        if (known != null && Arrays.equals(known.toBytes(), bytes)) {
            return known;
        }
        try {
            Index parsed = Index.parse(bytes);
            last = new SoftReference<>(parsed);
            return parsed;
        } catch (MalformedContentException e) {
            throw new MalformedContentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Does something while nobody can change the entries, or those of a layout that shares the blobs.
     *
     * @param action gets what it has to call right before it changes something: it throws if somebody could after all
     * @return what the action returns
     */
    public <T> T whileFixed(Function<Runnable, T> action) {
        return blobsLock.orElse(lock).hold(action);
    }

    /**
     * Changes the entries: reads them, edits them and replaces the file, while nobody else can. Other tools take no lock:
     * what one has written meanwhile is edited anew, so that only what it writes in that very moment is lost.
     *
     * @param edit gets the entries as they are and returns them as they should be; what it throws changes nothing
     */
    public void edit(UnaryOperator<Index> edit) {
        locked(check -> {
            Index before;
            Index after;
            do {
                before = index();
                after = edit.apply(before);
                check.run();
            } while (!index().equals(before));
            if (!after.equals(before)) {
                SmallFiles.replace(folder.resolve(INDEX), scratch, readable(after));
                last = new SoftReference<>(after);
            }
            return after;
        });
    }

    private <T> T locked(Function<Runnable, T> action) {
        return blobsLock
                .map(outer -> outer.hold(checkOuter -> lock.hold(check -> action.apply(() -> {
                    checkOuter.run();
                    check.run();
                }))))
                .orElseGet(() -> lock.hold(action));
    }

    /** What nobody could read again must not be written. */
    private byte[] readable(Index index) {
        byte[] bytes = index.toBytes();
        if (bytes.length > Document.MAX_SIZE) {
            throw new StorageException(
                    "write",
                    folder.resolve(INDEX),
                    "expected at most " + Document.MAX_SIZE + " bytes, got " + bytes.length + " for "
                            + index.manifests().size() + " entries",
                    null);
        }
        return bytes;
    }
}
