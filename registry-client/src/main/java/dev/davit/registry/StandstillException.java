package dev.davit.registry;

import java.io.IOException;

/** A transfer that was under way stood still for too long. Other than an answer that never begins, it can go on. */
final class StandstillException extends IOException {
    private static final long serialVersionUID = 1L;

    StandstillException(IOException cause) {
        super("nothing moved in time", cause);
    }
}
