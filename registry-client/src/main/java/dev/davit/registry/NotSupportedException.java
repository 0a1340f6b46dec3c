package dev.davit.registry;

/**
 * The registry cannot do this, or is set not to: deletion, often, or a list of its repositories. Asking again does not
 * help.
 */
public final class NotSupportedException extends RegistryException {
    private static final long serialVersionUID = 1L;

    NotSupportedException(String message, RegistryException answer) {
        super(message, answer.status(), answer.codes(), null);
    }
}
