package dev.davit.it.cri.scenario;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** Bytes of which each says where it is, as far as a byte can, so that none gets lost, doubled or moved unseen. */
final class Numbers extends InputStream {
    private final long length;
    private long at;

    Numbers(long length) {
        this.length = length;
    }

    private static byte byteAt(long place) {
        return (byte) ((place * 0x9E3779B97F4A7C15L) >>> 53);
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Numbers(length).read(bytes, 0, length);
        return bytes;
    }

    @Override
    public int read() {
        return at == length ? -1 : byteAt(at++) & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        if (at == length) {
            return -1;
        }
        int read = (int) Math.min(count, length - at);
        for (int i = 0; i < read; i++) {
            bytes[offset + i] = byteAt(at++);
        }
        return read;
    }

    /** Takes such bytes and refuses others. */
    static final class Check extends OutputStream {
        private long at;

        /** {@return how many have come} */
        long count() {
            return at;
        }

        @Override
        public void write(int b) {
            if ((byte) b != byteAt(at)) {
                throw new AssertionError("another byte at " + at);
            }
            at++;
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            for (int i = 0; i < count; i++) {
                write(bytes[offset + i]);
            }
        }
    }
}
