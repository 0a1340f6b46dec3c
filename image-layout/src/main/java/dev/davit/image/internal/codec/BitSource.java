package dev.davit.image.internal.codec;

import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of a stream, as deflate packs them: the lowest bit of each byte first. Up to 64 of them are held in a
 * register, which the decoder copies to a local variable while it runs; so the fields are open to it. For one thread.
 */
final class BitSource {
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bytes before {@link #at} that stay in the buffer: what is in the register can be put back. */
    private static final int KEPT = 8;

    private static final int SIZE = 64 * 1024;

    private final InputStream in;
    private String context = "deflate";
    private long read;

    final byte[] buffer = new byte[KEPT + SIZE];
    /** Index of the first byte that is not in the register. */
    int at = KEPT;

    int end = KEPT;
    /** The register: the next bits of the stream, the lowest first. What is above {@link #count} is not to be used. */
    long bits;

    int count;

    BitSource(InputStream in) {
        this.in = in;
    }

    /** Says what is being read, for messages. */
    void context(String what) {
        context = what;
    }

    /** Gets at least 56 bits into the register, or all that there are. */
    void refill() throws IOException {
        if (end - at >= Long.BYTES) {
            bits |= (long) LONGS.get(buffer, at) << count;
            at += (63 - count) >>> 3;
            count |= 56;
            return;
        }
        while (count < 56) {
            if (at == end && !fill()) {
                return;
            }
            bits |= (buffer[at++] & 0xffL) << count;
            count += 8;
        }
    }

    /** {@return false at the end of the stream} */
    boolean fill() throws IOException {
        int left = end - at;
        System.arraycopy(buffer, at - KEPT, buffer, 0, KEPT + left);
        at = KEPT;
        end = KEPT + left;
        int n = in.read(buffer, end, buffer.length - end);
        if (n <= 0) {
            return false;
        }
        end += n;
        read += n;
        return true;
    }

    /** {@return the next bits, at most 32, as a number} */
    int take(int n) throws IOException {
        if (count < n) {
            refill();
            if (count < n) {
                throw cut();
            }
        }
        int value = (int) (bits & ((1L << n) - 1));
        bits >>>= n;
        count -= n;
        return value;
    }

    /** Goes on to the next whole byte. */
    void align() {
        int rest = count & 7;
        bits >>>= rest;
        count -= rest;
    }

    /** Puts back the whole bytes in the register: who goes on reads them from the buffer. */
    void emptyRegister() {
        at -= count >>> 3;
        bits = 0;
        count = 0;
    }

    /** {@return whether all bytes were taken} */
    boolean isAtEnd() throws IOException {
        return count < 8 && at == end && !fill();
    }

    /** {@return how many bits were taken since the start of the stream} */
    long position() {
        return (read - (end - at)) * 8 - count;
    }

    MalformedContentException cut() {
        return malformed("the stream is cut off");
    }

    MalformedContentException malformed(String what) {
        return new MalformedContentException(context + ": " + what + ", at compressed byte " + (position() >>> 3));
    }

    void close() throws IOException {
        in.close();
    }
}
