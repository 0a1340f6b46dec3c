package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.oci.LimitExceededException;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives what was made the attributes of its entry, and reports which ones the system refused. */
final class Attributes {
    private static final int PERMISSIONS = 0777;
    private static final int OWNER_ONLY = 0600;

    private final Owners owners;
    private final int maxXattrBytes;
    private final boolean forOverlay;
    private final Findings findings;

    Attributes(UnpackSettings settings, boolean forOverlay, Findings findings) {
        this.owners = settings.owners();
        this.maxXattrBytes = settings.limits().maxXattrBytes();
        this.forOverlay = forOverlay;
        this.findings = findings;
    }

    /** Makes a file, as near to what its entry says as the system can make it at once. */
    Tree.Output makeFile(Tree tree, String path, TarEntry entry) throws IOException {
        // a new owner clears some bits of a mode, and a mode may forbid to set attributes
        boolean late = (entry.mode() & ~PERMISSIONS) != 0 || !entry.xattrs().isEmpty();
        return tree.makeFile(
                path,
                owners.isKept() ? owners.uid(entry.uid()) : Owners.UNMAPPED,
                owners.isKept() ? owners.gid(entry.gid()) : Owners.UNMAPPED,
                late ? OWNER_ONLY : entry.mode());
    }

    /** Everything, in the order that loses nothing: a new owner clears setuid and capabilities, and modes forbid. */
    void set(Handle handle, String path, TarEntry entry) throws IOException {
        setOfLink(handle, path, entry);
        setMode(handle, path, entry.mode());
    }

    /** What a link has: everything but a mode. */
    void setOfLink(Handle handle, String path, TarEntry entry) throws IOException {
        setOwner(handle, path, entry);
        setXattrs(handle, path, entry);
        setTime(handle, path, entry.mtimeSeconds(), entry.mtimeNanos());
    }

    void setOwner(Handle handle, String path, TarEntry entry) throws IOException {
        setOwner(handle, path, entry.uid(), entry.gid());
    }

    void setOwner(Handle handle, String path, long imageUid, long imageGid) throws IOException {
        if (owners.isKept()) {
            long uid = owners.uid(imageUid);
            long gid = owners.gid(imageGid);
            if (uid == Owners.UNMAPPED || gid == Owners.UNMAPPED || !handle.setOwner(uid, gid)) {
                findings.differs(path, Kind.OWNER, owner(imageUid, imageGid));
            }
        }
    }

    private String owner(long imageUid, long imageGid) {
        long uid = owners.uid(imageUid);
        long gid = owners.gid(imageGid);
        boolean isMapped = uid != Owners.UNMAPPED && gid != Owners.UNMAPPED;
        return isMapped ? uid + ":" + gid : imageUid + ":" + imageGid + " (not mapped)";
    }

    void setXattrs(Handle handle, String path, TarEntry entry) throws IOException {
        if (entry.xattrs().isEmpty()) {
            return;
        }
        requireSmall(entry.xattrs());
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            String name = xattr.getKey();
            if (isRefused(name)) {
                findings.differs(path, Kind.XATTR, name);
            } else if (!handle.setXattr(name, xattr.getValue())) {
                findings.differs(path, name, xattr.getValue());
            }
        }
    }

    private void requireSmall(Map<String, byte[]> xattrs) {
        long bytes = 0;
        for (Map.Entry<String, byte[]> xattr : xattrs.entrySet()) {
            bytes += xattr.getKey().length() + xattr.getValue().length;
        }
        if (bytes > maxXattrBytes) {
            throw new LimitExceededException(
                    "maxXattrBytes",
                    maxXattrBytes,
                    "extended attributes: expected at most " + maxXattrBytes + " bytes (limit on them), got " + bytes,
                    null);
        }
    }

    /** What means something to the machine that the image was made on, and may do harm on this one. */
    static boolean isForeign(String name) {
        return name.startsWith("trusted.overlay.") || name.equals("security.selinux");
    }

    /** In a folder that is meant for overlay, the attributes that ordinary users have for it mean something too. */
    private boolean isRefused(String name) {
        return isForeign(name) || (forOverlay && name.startsWith("user.overlay."));
    }

    void setMode(Handle handle, String path, int mode) throws IOException {
        if (!handle.setMode(mode)) {
            findings.differs(path, Kind.MODE, Integer.toOctalString(mode));
        }
    }

    void setTime(Handle handle, String path, long seconds, int nanos) throws IOException {
        if (!handle.setTime(seconds, nanos)) {
            findings.differs(path, Kind.TIME, time(seconds, nanos));
        }
    }

    /**
     * Sets what the root has: the attributes of its entry, or those of any directory that no entry describes.
     *
     * @param isNew whether the folder is ours; if not, it stays as it is unless an entry describes it
     */
    void setRoot(Handle handle, @Nullable TarEntry entry, boolean isNew) throws IOException {
        if (entry != null) {
            set(handle, "", entry);
        } else if (isNew) {
            setOwner(handle, "", 0, 0);
            setTime(handle, "", 0, 0);
            setMode(handle, "", 0755);
        }
    }

    /** Nothing was made, so there is nothing to give attributes to: all are reported, for whoever makes it later. */
    void report(String path, Kind kind, String what, TarEntry entry) {
        findings.differs(path, kind, what);
        if (owners.isKept()) {
            findings.differs(path, Kind.OWNER, owner(entry.uid(), entry.gid()));
        }
        requireSmall(entry.xattrs());
        entry.xattrs().forEach((name, value) -> {
            if (isRefused(name)) {
                findings.differs(path, Kind.XATTR, name);
            } else {
                findings.differs(path, name, value);
            }
        });
        findings.differs(path, Kind.TIME, time(entry.mtimeSeconds(), entry.mtimeNanos()));
        findings.differs(path, Kind.MODE, Integer.toOctalString(entry.mode()));
    }

    private static String time(long seconds, int nanos) {
        return Instant.ofEpochSecond(seconds, nanos).toString();
    }
}
