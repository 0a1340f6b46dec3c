package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.tar.TarEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;

/** Gives what was made the attributes of its entry, and reports which ones the system refused. */
final class Attributes {
    private final Tree tree;
    private final Findings findings;

    Attributes(Tree tree, Findings findings) {
        this.tree = tree;
        this.findings = findings;
    }

    /** Everything, in the order that loses nothing: a new owner clears setuid, and some modes forbid the rest. */
    void set(String path, TarEntry entry) throws IOException {
        setOwner(path, entry);
        setXattrs(path, entry);
        setTime(path, entry.mtimeSeconds(), entry.mtimeNanos());
        tree.setMode(path, entry.mode());
    }

    /** What a link has. It has no mode, and the system refuses most extended attributes. */
    void setOfLink(String path, TarEntry entry) throws IOException {
        setOwner(path, entry);
        for (String name : entry.xattrs().keySet()) {
            findings.differs(path, Kind.XATTR, name);
        }
        setTime(path, entry.mtimeSeconds(), entry.mtimeNanos());
    }

    void setOwner(String path, TarEntry entry) throws IOException {
        if (!tree.setOwner(path, entry.uid(), entry.gid())) {
            findings.differs(path, Kind.OWNER, entry.uid() + ":" + entry.gid());
        }
    }

    void setXattrs(String path, TarEntry entry) throws IOException {
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            String name = xattr.getKey();
            if (isForeign(name) || !tree.setXattr(path, name, xattr.getValue())) {
                findings.differs(path, Kind.XATTR, name);
            }
        }
    }

    /** What means something to the machine that the image was made on, and may do harm on this one. */
    private static boolean isForeign(String name) {
        return name.startsWith("trusted.overlay.") || name.equals("security.selinux");
    }

    void setTime(String path, long seconds, int nanos) throws IOException {
        if (!tree.setTime(path, seconds, nanos)) {
            findings.differs(
                    path, Kind.TIME, Instant.ofEpochSecond(seconds, nanos).toString());
        }
    }
}
