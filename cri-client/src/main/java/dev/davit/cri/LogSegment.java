package dev.davit.cri;

import dev.davit.oci.StorageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One of the files that the log of a container consists of: the one that is written to, or one that was renamed and perhaps
 * compressed. It stays open under whatever name, and more can be read when more was written. Not thread-safe.
 */
final class LogSegment implements Closeable {
    private static final int BUFFER = 64 << 10;
    private static final int HEAD = 96;

    /** No runtime writes longer records. */
    private static final int LONGEST_RECORD = 1 << 20;

    private final Path file;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private boolean overlong;

    private LogSegment(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    static boolean isCompressed(Path file) {
        return file.toString().endsWith(".gz");
    }

    /**
     * Opens a file.
     *
     * @param file the file
     * @param offset where to begin: at the beginning of a record; 0 in a compressed file
     */
    static LogSegment open(Path file, long offset) throws IOException {
        if (isCompressed(file)) {
            return new LogSegment(file, decompressed(file));
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channel.position(offset);
        return new LogSegment(file, new ChannelInput(channel));
    }

    private static InputStream decompressed(Path file) throws IOException {
        InputStream raw = Files.newInputStream(file);
        try {
            return new GZIPInputStream(new BufferedInputStream(raw, BUFFER), BUFFER);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** Unlike the streams of the JDK, this one goes on after the end of the file when the file has grown. */
    private static final class ChannelInput extends InputStream {
        private final FileChannel channel;

        ChannelInput(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return channel.read(ByteBuffer.wrap(bytes, from, length));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Reads a record.
     *
     * @return the next record without the end of its line, or null if none is there that has one
     */
    byte @Nullable [] record() {
        while (true) {
            for (int i = position; i < limit; i++) {
                if (buffer[i] == '\n') {
                    return ended(i);
                }
            }
            keep(position, limit);
            position = 0;
            limit = 0;
            int read = fill();
            if (read <= 0) {
                return null;
            }
            limit = read;
        }
    }

    private int fill() {
        try {
            return in.read(buffer, 0, buffer.length);
        } catch (ClosedByInterruptException e) {
            throw Failures.interrupted("read " + file, e);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    private byte[] ended(int end) {
        byte[] record;
        if (begun.size() == 0 && !overlong) {
            record = Arrays.copyOfRange(buffer, position, end);
        } else {
            keep(position, end);
            // What is too long for a record is none, and is counted as such by whoever wants to parse it.
            record = overlong ? new byte[0] : begun.toByteArray();
        }
        begun.reset();
        overlong = false;
        position = end + 1;
        return record;
    }

    private void keep(int from, int to) {
        if (begun.size() + to - from > LONGEST_RECORD) {
            overlong = true;
            begun.reset();
        } else if (!overlong) {
            begun.write(buffer, from, to - from);
        }
    }

    /**
     * Reads the beginning of a file: its first record, or part of it. No two files of a log begin the same, because they
     * begin with a time to the nanosecond; so this tells files apart whatever they are called and however compressed.
     *
     * @return the bytes; empty if there is no whole record yet, or nothing that can be read
     */
    static byte[] head(Path file) {
        try (InputStream in = isCompressed(file) ? decompressed(file) : Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEAD);
            for (int i = 0; i < head.length; i++) {
                if (head[i] == '\n') {
                    return Arrays.copyOf(head, i);
                }
            }
            return head.length == HEAD ? head : new byte[0];
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /**
     * Finds where the last lines of a file begin, without reading what is before them.
     *
     * @param lines how many lines
     * @return the offset of a record with at least that many lines behind it, and all parts of them; or how many lines fewer
     *     the whole file has, as a negative number
     */
    static long tail(Path file, int lines) throws IOException {
        if (isCompressed(file)) {
            return tailOfCompressed(file, lines);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Backwards(channel).find(lines);
        }
    }

    private static long tailOfCompressed(Path file, int lines) throws IOException {
        int found = 0;
        try (LogSegment segment = open(file, 0)) {
            for (byte[] record = segment.record(); record != null; record = segment.record()) {
                found += LogParser.head(record).ends() ? 1 : 0;
            }
        }
        return found >= lines ? 0 : found - lines;
    }

    /** Goes through a file from its end. */
    private static final class Backwards {
        private final FileChannel channel;
        private final Map<String, Boolean> begins = new HashMap<>();
        private int found;

        Backwards(FileChannel channel) {
            this.channel = channel;
        }

        long find(int lines) throws IOException {
            ByteBuffer block = ByteBuffer.allocate(BUFFER);
            // Where the record begins that was looked at last; a record that has no end yet counts for nothing.
            for (long end = channel.size(); end > 0; end -= block.limit()) {
                int length = (int) Math.min(BUFFER, end);
                block.clear().limit(length);
                read(block, end - length);
                for (int i = length - 1; i >= 0; i--) {
                    long start = end - length + i + 1;
                    if (block.get(i) == '\n' && start < channel.size() && isEnough(start, lines)) {
                        return start;
                    }
                }
            }
            return isEnough(0, lines) || found >= lines ? 0 : found - lines;
        }

        /** Counts a record; the lines are enough when all of them begin behind it. */
        private boolean isEnough(long start, int lines) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(HEAD);
            read(bytes, start);
            LogParser.Head head = LogParser.head(Arrays.copyOf(bytes.array(), bytes.position()));
            if (found >= lines && head.ends()) {
                begins.put(head.stream(), true);
                return !begins.containsValue(false);
            }
            if (head.ends()) {
                found++;
                begins.put(head.stream(), false);
            }
            return false;
        }

        private void read(ByteBuffer bytes, long at) throws IOException {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, at + bytes.position()) < 0) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // It was only read.
        }
    }
}
