package dev.davit.cri;

import org.jspecify.annotations.Nullable;

/**
 * Which streams of a container's own process are wanted. It must fit the {@link ContainerSpec} that the container was created
 * with: input takes {@link ContainerSpec#stdin()}, and whether there is a terminal is as with {@link ContainerSpec#tty()}.
 *
 * <p>Immutable: each method that sets something returns a new specification.
 */
public final class AttachSpec {
    private static final AttachSpec OUTPUT = new AttachSpec(false, false, null);

    private final boolean stdin;
    private final boolean tty;
    private final @Nullable TerminalSize terminal;

    private AttachSpec(boolean stdin, boolean tty, @Nullable TerminalSize terminal) {
        this.stdin = stdin;
        this.tty = tty;
        this.terminal = terminal;
    }

    /** {@return a specification of what the process writes from now on} */
    public static AttachSpec output() {
        return OUTPUT;
    }

    /** {@return a specification with the input of the process, too} */
    public AttachSpec stdin() {
        return new AttachSpec(true, tty, terminal);
    }

    /** {@return a specification for a container with a terminal} */
    public AttachSpec tty() {
        return new AttachSpec(stdin, true, terminal);
    }

    /**
     * Attaches to a container with a terminal, and sets the size of that.
     *
     * @param columns width in characters
     * @param rows height in lines
     * @return a new specification
     * @throws IllegalArgumentException if a number is not between 1 and 65535
     */
    public AttachSpec tty(int columns, int rows) {
        return new AttachSpec(stdin, true, new TerminalSize(columns, rows));
    }

    boolean hasInput() {
        return stdin;
    }

    boolean hasTerminal() {
        return tty;
    }

    @Nullable
    TerminalSize terminal() {
        return terminal;
    }
}
