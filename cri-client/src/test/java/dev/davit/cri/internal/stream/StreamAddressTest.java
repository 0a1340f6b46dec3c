package dev.davit.cri.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamAddressTest {
    @Test
    void reads_what_runtimes_answer() throws Exception {
        assertThat(StreamAddress.parse("http://127.0.0.1:4711/exec/abc"))
                .isEqualTo(new StreamAddress(false, "127.0.0.1", 4711, "/exec/abc"));
        assertThat(StreamAddress.parse("https://[::1]:4711/exec/abc?x=1"))
                .isEqualTo(new StreamAddress(true, "::1", 4711, "/exec/abc?x=1"));
        assertThat(StreamAddress.parse("HTTP://Node.Example"))
                .isEqualTo(new StreamAddress(false, "node.example", 80, "/"));
        assertThat(StreamAddress.parse("https://[::1]/x").authority()).isEqualTo("[::1]:443");
    }

    @Test
    void knows_what_is_on_this_machine() throws Exception {
        assertThat(StreamAddress.parse("http://localhost/x").isLoopback()).isTrue();
        assertThat(StreamAddress.parse("http://127.9.0.1/x").isLoopback()).isTrue();
        assertThat(StreamAddress.parse("http://[::1]/x").isLoopback()).isTrue();
        assertThat(StreamAddress.parse("http://127.0.0.1.example/x").isLoopback())
                .isFalse();
        assertThat(StreamAddress.parse("http://169.254.169.254/x").isLoopback()).isFalse();
        assertThat(StreamAddress.parse("http://0.0.0.0/x").isLoopback()).isFalse();
    }

    @Test
    void the_ticket_is_in_no_message() throws Exception {
        assertThat(StreamAddress.parse("http://127.0.0.1:4711/exec/abc").toString())
                .doesNotContain("abc");
        assertThatThrownBy(() -> StreamAddress.parse("ftp://127.0.0.1:4711/exec/abc"))
                .hasMessageContaining("got \"ftp://127.0.0.1:4711/...\"")
                .message()
                .doesNotContain("abc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/exec/abc",
                "//127.0.0.1/exec/abc",
                "http:///exec/abc",
                "http://:10250/exec/abc",
                "unix:///exec/abc",
                "http://user@127.0.0.1/exec/abc",
                "http://127.0.0.1/a b",
                "http://127.0.0.1/\r\nX: y"
            })
    void everything_else_is_refused(String url) {
        assertThatThrownBy(() -> StreamAddress.parse(url))
                .isInstanceOf(StreamProtocolException.class)
                .hasMessageContaining("expected an address as http://host:port/...");
    }
}
