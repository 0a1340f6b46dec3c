package dev.davit.cri;

import dev.davit.cri.internal.stream.Sink;
import dev.davit.cri.internal.stream.StreamChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The two channels of a forwarded connection: its data, and what is wrong with it, which turns their end into a failure. The
 * data may end before the words come that say why. All is called by one thread.
 */
final class PortSinks {
    private static final int MAX_TEXT = 4 << 10;

    private final Sink data;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private boolean wordsEnded;
    private boolean dataEnded;
    private @Nullable IOException dataFailure;

    private PortSinks(Sink data) {
        this.data = data;
    }

    /**
     * Gives the channels in the order in which servers want them.
     *
     * @param data gets the data; its end has a failure with the words of the server if there are any
     */
    static List<StreamChannel> channels(int port, Sink data) {
        PortSinks sinks = new PortSinks(data);
        return List.of(
                new StreamChannel(StreamChannel.PORT_ERROR, headers("error", port), sinks.new Words()),
                new StreamChannel(StreamChannel.PORT_DATA, headers("data", port), sinks.new Data()));
    }

    /** Both channels have ended. */
    private void end(@Nullable IOException failure) {
        data.end(text.size() == 0 ? failure : new IOException(text.toString(StandardCharsets.UTF_8)));
    }

    private final class Words implements Sink {
        @Override
        public void data(byte[] bytes, int offset, int length) {
            text.write(bytes, offset, Math.min(length, MAX_TEXT - text.size()));
        }

        @Override
        public void end(@Nullable IOException failure) {
            wordsEnded = true;
            if (dataEnded) {
                PortSinks.this.end(dataFailure);
            }
        }
    }

    private final class Data implements Sink {
        @Override
        public void data(byte[] bytes, int offset, int length) throws IOException {
            data.data(bytes, offset, length);
        }

        @Override
        public void end(@Nullable IOException failure) {
            dataEnded = true;
            dataFailure = failure;
            if (wordsEnded) {
                PortSinks.this.end(failure);
            }
        }
    }

    private static Map<String, String> headers(String type, int port) {
        return Map.of("streamtype", type, "port", Integer.toString(port), "requestid", "0");
    }
}
