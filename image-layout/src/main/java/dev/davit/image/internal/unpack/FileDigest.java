package dev.davit.image.internal.unpack;

import dev.davit.oci.Digest;
import dev.davit.oci.Digester;

/** Keeps of a file the digest of its content. For one thread. */
final class FileDigest implements MemoryTree.Sink<Digest> {
    private static final byte[] ZEROS = new byte[64 * 1024];

    private final Digester digester = Digester.sha256();

    @Override
    public void write(byte[] bytes, int offset, int length) {
        digester.update(bytes, offset, length);
    }

    @Override
    public void skip(long length) {
        for (long left = length; left > 0; left -= ZEROS.length) {
            digester.update(ZEROS, 0, (int) Math.min(left, ZEROS.length));
        }
    }

    @Override
    public long size() {
        return digester.size();
    }

    @Override
    public Digest content() {
        return digester.digest();
    }
}
