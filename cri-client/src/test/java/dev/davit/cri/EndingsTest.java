package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndingsTest {
    private final Endings endings = new Endings();
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void forget() {
        Thread.interrupted();
    }

    private static RuntimeException failure(String message) {
        return new IllegalStateException(message);
    }

    private Runnable failing(String message) {
        return () -> {
            done.add(message);
            throw failure(message);
        };
    }

    /** As a call does: an interrupt ends it. */
    private Runnable call(String name) {
        return () -> {
            done.add(name);
            if (Thread.currentThread().isInterrupted()) {
                throw failure("interrupted in " + name);
            }
        };
    }

    @Test
    void tries_everything_and_fails_with_the_first_failure() {
        endings.attempt(failing("one"));
        endings.attempt(() -> done.add("two"));
        endings.attempt(failing("three"));
        assertThat(done).containsExactly("one", "two", "three");
        assertThatThrownBy(endings::finish)
                .hasMessage("one")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("three"));
    }

    @Test
    void an_interrupt_waits_until_everything_has_ended() {
        Thread.currentThread().interrupt();
        endings.attempt(call("one"));
        endings.attempt(call("two"));
        endings.finish();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsExactly("one", "two");
    }

    @Test
    void what_an_interrupt_has_cut_short_begins_again() {
        endings.attempt(() -> {
            if (done.isEmpty()) {
                Thread.currentThread().interrupt();
            }
            call("one").run();
        });
        endings.finish();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsExactly("one", "one");
    }

    @Test
    void who_interrupts_again_and_again_is_heard() {
        endings.attempt(() -> {
            Thread.currentThread().interrupt();
            call("one").run();
        });
        assertThatThrownBy(endings::finish).hasMessage("interrupted in one");
        assertThat(done).containsExactly("one", "one", "one");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void without_an_interrupt_there_is_none_afterwards_and_a_failure_is_final() {
        endings.attempt(failing("one"));
        assertThat(done).containsExactly("one");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void a_failure_after_a_failure_is_noted_in_the_first() {
        RuntimeException first = failure("first");
        Endings.after(first, failing("second"));
        assertThat(first.getSuppressed()).extracting(Throwable::getMessage).containsExactly("second");
        RuntimeException alone = failure("alone");
        Endings.after(alone, () -> done.add("fine"));
        assertThat(alone.getSuppressed()).isEmpty();
    }
}
