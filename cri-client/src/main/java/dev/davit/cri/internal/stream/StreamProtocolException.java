package dev.davit.cri.internal.stream;

import java.io.IOException;

/** The other side broke a rule of the protocol. */
public final class StreamProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    StreamProtocolException(String message) {
        super(message);
    }
}
