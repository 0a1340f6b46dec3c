package dev.davit.cri;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads the file that a runtime writes the output of a container to. */
final class LogFile {
    /** A list of lines that took more than this would not be of use to anybody. */
    static final int LIMIT = 64 << 20;

    private static final Logger LOGGER = System.getLogger(LogFile.class.getName());

    private LogFile() {}

    /**
     * Reads all lines.
     *
     * @param file the log of a container
     * @param complete whether nothing will be added to it
     * @return its lines, in the order in which they ended
     * @throws StorageException if it cannot be read, or is larger than 64 MiB
     */
    static List<LogLine> read(Path file, boolean complete) {
        LogParser parser = new LogParser();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new StorageException("read", file, "it is larger than 64 MiB", null);
            }
            int start = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    parser.record(Arrays.copyOfRange(bytes, start, i));
                    start = i + 1;
                }
            }
            // What follows the last newline is a record that is still being written.
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
        if (parser.skipped() > 0) {
            LOGGER.log(
                    Logger.Level.WARNING,
                    "{0}: {1} lines were no log records and were skipped",
                    file,
                    parser.skipped());
        }
        if (complete) {
            parser.finish();
        }
        return parser.lines();
    }
}
