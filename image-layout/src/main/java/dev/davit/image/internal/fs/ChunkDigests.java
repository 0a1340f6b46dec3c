package dev.davit.image.internal.fs;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * SHA-256 of each piece of some content, so that any part of it can be verified without the rest: made while the whole was
 * verified, used when parts are read later. Immutable.
 */
final class ChunkDigests {
    /** How many bytes a piece has; the last may be shorter. */
    static final int CHUNK = 256 * 1024;

    private static final int LENGTH = 32;

    private final byte[] digests;

    ChunkDigests(byte[] digests) {
        this.digests = digests;
    }

    /** {@return all of them, one behind the other} */
    byte[] toBytes() {
        return digests;
    }

    /** {@return whether a piece is what it was} */
    boolean matches(long chunk, byte[] bytes, int length) {
        int at = Math.toIntExact(chunk * LENGTH);
        MessageDigest digest = sha256();
        digest.update(bytes, 0, length);
        return at + LENGTH <= digests.length
                && MessageDigest.isEqual(digest.digest(), Arrays.copyOfRange(digests, at, at + LENGTH));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Hashes the pieces of what flows through. For one thread. */
    static final class Recorder extends FilterInputStream {
        private final MessageDigest digest = sha256();
        private byte[] digests = new byte[64 * LENGTH];
        private int count;
        private int inChunk;

        Recorder(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            for (int done = 0; done < n; ) {
                int part = Math.min(n - done, CHUNK - inChunk);
                digest.update(target, offset + done, part);
                done += part;
                inChunk += part;
                if (inChunk == CHUNK) {
                    endChunk();
                }
            }
            return n;
        }

        /** Bytes that are skipped must be hashed too. */
        @Override
        public long skip(long n) throws IOException {
            byte[] buffer = new byte[(int) Math.max(0, Math.min(n, 8192))];
            long skipped = 0;
            for (int got = 0; skipped < n && got >= 0; ) {
                got = read(buffer, 0, (int) Math.min(buffer.length, n - skipped));
                skipped += Math.max(got, 0);
            }
            return skipped;
        }

        /** Reads what is left. */
        void drain() throws IOException {
            byte[] buffer = new byte[64 * 1024];
            while (read(buffer, 0, buffer.length) >= 0) {
                // only hashed
            }
        }

        private void endChunk() {
            if ((count + 1) * LENGTH > digests.length) {
                digests = Arrays.copyOf(digests, 2 * digests.length);
            }
            System.arraycopy(digest.digest(), 0, digests, count * LENGTH, LENGTH);
            count++;
            inChunk = 0;
        }

        /** {@return the digests of everything that was read; nothing more is to be read} */
        ChunkDigests finish() {
            if (inChunk > 0) {
                endChunk();
            }
            return new ChunkDigests(Arrays.copyOf(digests, count * LENGTH));
        }
    }
}
