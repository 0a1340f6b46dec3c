package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressClassTest {
    @ParameterizedTest
    @CsvSource({
        "93.184.216.34, PUBLIC",
        "2606:2800:220:1::1, PUBLIC",
        "10.1.2.3, PRIVATE",
        "172.16.0.1, PRIVATE",
        "192.168.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "fd00::1, PRIVATE",
        "127.0.0.1, LOOPBACK",
        "127.1.2.3, LOOPBACK",
        "::1, LOOPBACK",
        "::ffff:127.0.0.1, LOOPBACK",
        "0.0.0.0, LOOPBACK",
        "0.1.2.3, LOOPBACK",
        "::, LOOPBACK",
        "169.254.169.254, LINK_LOCAL",
        "::ffff:169.254.169.254, LINK_LOCAL",
        "64:ff9b::a9fe:a9fe, LINK_LOCAL",
        "64:ff9b::7f00:1, LOOPBACK",
        "64:ff9b::0a00:1, PRIVATE",
        "fe80::1, LINK_LOCAL",
        "224.0.0.1, LINK_LOCAL"
    })
    void sorts_addresses(String address, AddressClass expected) throws UnknownHostException {
        assertThat(AddressClass.of(InetAddress.getByName(address))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "93.184.216.34, 93.184.216.35, true",
        "93.184.216.34, 10.0.0.1, false",
        "93.184.216.34, 127.0.0.1, false",
        "10.0.0.1, 93.184.216.34, true",
        "10.0.0.1, 10.0.0.2, true",
        "10.0.0.1, 127.0.0.1, false",
        "127.0.0.1, 10.0.0.1, true",
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 169.254.169.254, false",
        "169.254.1.1, 169.254.1.2, false"
    })
    void a_registry_leads_to_nothing_more_private_than_itself(String registry, String target, boolean allowed)
            throws Exception {
        Reach reach = Reach.ofRegistry();
        reach.home().to(InetAddress.getByName(registry));
        InetAddress address = InetAddress.getByName(target);

        if (allowed) {
            assertThatCode(() -> reach.elsewhere().to(address)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> reach.elsewhere().to(address)).isInstanceOf(Reach.Refused.class);
        }
    }

    @Test
    void a_registry_that_was_never_connected_counts_as_public() throws Exception {
        assertThatThrownBy(() -> Reach.ofRegistry().elsewhere().to(InetAddress.getLoopbackAddress()))
                .isInstanceOf(Reach.Refused.class);
    }

    @Test
    void the_port_that_is_implied_is_no_other_place() {
        assertThat(Origin.of(HttpUrl.get("https://registry.example:443/session")))
                .isEqualTo(Origin.of(HttpUrl.get("https://registry.example/session")));
    }
}
