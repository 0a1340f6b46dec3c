package dev.davit.cri;

import dev.davit.cri.internal.stream.Sink;
import dev.davit.oci.DavitException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a command has ended: a {@code Status} of Kubernetes as JSON, which the server sends on a channel of its own. It says
 * what is wrong if the command could not be run at all; if it ran and its exit code is not 0, that is the message of a cause.
 * Thread-safe.
 */
final class ExecOutcome implements Sink {
    private static final int MAX_STATUS = 64 << 10;
    private static final List<String> NAMES = List.of("status", "message", "reason", "details");

    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private final Runnable atEnd;
    private @Nullable IOException failure;

    /**
     * Creates an outcome that is not known yet.
     *
     * @param atEnd runs when nothing more comes
     */
    ExecOutcome(Runnable atEnd) {
        this.atEnd = atEnd;
    }

    @Override
    public synchronized void data(byte[] bytes, int offset, int length) throws IOException {
        if (json.size() + length > MAX_STATUS) {
            json.reset(); // a part of it would hide why it is not whole
            throw new IOException("expected a status of at most " + MAX_STATUS + " bytes, got more");
        }
        json.write(bytes, offset, length);
    }

    @Override
    public void end(@Nullable IOException why) {
        synchronized (this) {
            failure = why;
        }
        atEnd.run();
    }

    /** {@return whether the server has said how the command has ended} */
    synchronized boolean isKnown() {
        return json.size() > 0;
    }

    /**
     * Gives the exit code, when the end has come.
     *
     * @param action what was to be done: a verb and its object
     * @throws DavitException if the command could not be run, or the connection broke
     */
    synchronized int exitCode(String action) {
        if (json.size() == 0) {
            throw Streams.failure(
                    action, failure == null ? new IOException("the server did not say how it has ended") : failure);
        }
        Status status;
        try {
            status = new Status(json.toByteArray());
        } catch (MalformedContentException e) {
            throw new CriException(CriException.Code.INTERNAL, "cannot " + action + ": " + e.getMessage(), e);
        }
        if (status.exitCode == null) {
            throw Failures.said(action, status.cause.isEmpty() ? status.message : status.cause);
        }
        return status.exitCode;
    }

    /** The JSON, as far as it matters. */
    private static final class Status {
        private String outcome = "";
        private String message = "";
        private String cause = "";
        private @Nullable Integer exitCode;

        Status(byte[] json) {
            JsonReader.parse("status of the command", json, reader -> {
                reader.object(NAMES, name -> {
                    switch (name) {
                        case "status" -> outcome = reader.string();
                        case "message" -> message = reader.string();
                        case "details" -> details(reader);
                        default -> reader.skip();
                    }
                });
                if (outcome.equals("Success")) {
                    exitCode = 0;
                }
                return this;
            });
        }

        private void details(JsonReader reader) {
            reader.object(List.of("causes"), name -> {
                if (name.equals("causes")) {
                    reader.array(() -> {
                        cause(reader);
                        return name;
                    });
                } else {
                    reader.skip();
                }
            });
        }

        private void cause(JsonReader reader) {
            String[] found = {"", ""};
            reader.object(List.of("reason", "message"), name -> {
                switch (name) {
                    case "reason" -> found[0] = reader.string();
                    case "message" -> found[1] = reader.string();
                    default -> reader.skip();
                }
            });
            if (!found[0].equals("ExitCode")) {
                cause = cause.isEmpty() ? found[1] : cause;
            } else if (found[1].matches("\\d{1,10}")) {
                exitCode = (int) Long.parseLong(found[1]); // 32 bits without a sign, on Windows
            } else {
                throw reader.violation("an exit code", Text.quote(found[1]));
            }
        }
    }
}
