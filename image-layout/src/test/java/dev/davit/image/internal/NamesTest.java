package dev.davit.image.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void valid_names_are_plain_strings() {
        for (String name : new String[] {"", "a", "ä€", "\ud83d\ude00", "\ufffd", "\u0000"}) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            assertThat(Names.decode(bytes, 0, bytes.length)).isEqualTo(name);
            assertThat(Names.encode(name)).isEqualTo(bytes);
            assertThat(Names.hasForeignBytes(name)).isFalse();
        }
    }

    @Test
    void any_bytes_come_back() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(8)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                for (int k = 0; k < bytes.length; k++) {
                    bytes[k] = (byte) (0xe0 + bytes[k] % 32);
                }
            }
            String name = Names.decode(bytes, 0, bytes.length);
            assertThat(Names.encode(name)).isEqualTo(bytes);
            boolean valid =
                    Arrays.equals(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
            assertThat(Names.hasForeignBytes(name)).isEqualTo(!valid);
        }
    }

    @Test
    void surrogates_that_were_encoded_one_by_one_stay_bytes() {
        byte[] bytes = {(byte) 0xed, (byte) 0xb2, (byte) 0x80};

        String name = Names.decode(bytes, 0, 3);

        assertThat(name).isEqualTo("\udced\udcb2\udc80");
        assertThat(Names.encode(name)).isEqualTo(bytes);
    }

    @Test
    void half_a_surrogate_pair_is_no_name() {
        assertThatThrownBy(() -> Names.encode("a\ud800")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Names.encode("a\udc7f")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void names_are_ordered_by_their_bytes() {
        assertThat(Names.compare("a", "b")).isNegative();
        assertThat(Names.compare("a", "a.b")).isNegative();
        assertThat(Names.compare("a.b", "a/b")).isNegative();
        // as strings it is the other way round
        assertThat(Names.compare("\uffee", "\ud83d\ude00")).isNegative();
    }
}
