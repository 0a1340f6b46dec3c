package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.DavitException;
import dev.davit.registry.FakeServer.Answer;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies: which requests go there, and what they are told. */
@Timeout(60)
class ProxiesTest {
    private static ProxySelector of(String... variables) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return Proxies.of(new Surroundings(environment, Path.of("/none"), Path.of("/none")))
                .orElseThrow();
    }

    private static Proxy http(String host, int port) {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    private static List<Proxy> way(ProxySelector proxies, String url) {
        return proxies.select(URI.create(url));
    }

    @Test
    void the_variables_of_the_environment_say_which_way() {
        ProxySelector proxies = of("HTTPS_PROXY", "http://p.example:3128", "http_proxy", "q.example");

        assertThat(way(proxies, "https://registry.example/v2/")).containsExactly(http("p.example", 3128));
        assertThat(way(proxies, "http://registry.example/v2/")).containsExactly(http("q.example", 80));
        assertThat(way(of("https_proxy", "socks5://s.example"), "https://a.example"))
                .containsExactly(new Proxy(Proxy.Type.SOCKS, InetSocketAddress.createUnresolved("s.example", 1080)));
        assertThat(way(of("HTTP_PROXY", "http://[::1]:80/"), "http://a.example"))
                .containsExactly(http("::1", 80));
        assertThat(Proxies.of(new Surroundings(Map.of("HTTPS_PROXY", ""), Path.of("/"), Path.of("/"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:5000/v2/", "https://127.0.0.1/v2/", "https://[::1]:5000/"})
    void this_machine_is_not_reached_through_a_proxy(String url) {
        assertThat(way(of("HTTP_PROXY", "p.example", "HTTPS_PROXY", "p.example"), url))
                .containsExactly(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com, true",
        "example.com, a.example.com, true",
        "example.com, notexample.com, false",
        ".example.com, example.com, false",
        ".example.com, a.example.com, true",
        "*.example.com, a.example.com, true",
        "EXAMPLE.com, example.com, true",
        "example.com:443, example.com, true",
        "example.com:5000, example.com, false",
        "*, anything.example, true",
        "'a.example , b.example', b.example, true",
        "10.0.0.0/8, 10.1.2.3, true",
        "10.0.0.0/8, 11.1.2.3, false",
        "10.0.0.0/8, ten.example, false",
        "192.0.2.1, 192.0.2.1, true",
        "2001:db8::/32, '[2001:db8::1]', true",
        "2001:db8::/129, '[2001:db8::1]', false",
        "',,/,:,10.0.0.0/x', example.com, false"
    })
    void hosts_may_be_left_out(String rules, String host, boolean direct) {
        ProxySelector proxies = of("HTTPS_PROXY", "p.example", "NO_PROXY", rules);

        assertThat(way(proxies, "https://" + host + "/v2/").get(0).equals(Proxy.NO_PROXY))
                .isEqualTo(direct);
    }

    @Test
    void a_proxy_gets_its_password_when_it_asks_and_the_registry_does_not() {
        try (FakeServer proxy = FakeServer.answering(request -> request.header("Proxy-Authorization") == null
                        ? Answer.of(407).header("Proxy-Authenticate", "Basic realm=x")
                        : Samples.manifest());
                RegistryClient client = Samples.client()
                        .proxy("http://us%40er:pass%3Aword@" + proxy.address())
                        .allowPlainHttp("registry.example:81")
                        .build()) {
            // nothing but the proxy is reached: without TLS there, the client goes on without
            assertThatThrownBy(() -> client.resolve("registry.example/acme/server:1.0"))
                    .isInstanceOf(DavitException.class)
                    .hasMessageNotContaining("word");
            assertThat(proxy.lines()).isNotEmpty().allMatch(line -> line.startsWith("CONNECT registry.example:443"));
            assertThat(proxy.seen().get(0).header("Proxy-Authorization")).isEqualTo("Basic dXNAZXI6cGFzczp3b3Jk");
            assertThat(proxy.seen()).allMatch(request -> request.header("Authorization") == null);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://user:s3cr3t@p",
                "https://user:s3cr3t@p",
                "http://",
                "http://user:s3cr3t@",
                "socks5://u:s3cr3t@p"
            })
    void something_else_is_refused_without_being_told(String url) {
        assertThatThrownBy(() -> RegistryClient.builder().proxy(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cr3t")
                .hasNoCause();
    }
}
