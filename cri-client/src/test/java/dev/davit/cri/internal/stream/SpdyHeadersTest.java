package dev.davit.cri.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.zip.Adler32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class SpdyHeadersTest {
    @Test
    void the_dictionary_is_that_of_the_specification() {
        Adler32 sum = new Adler32();
        sum.update(SpdyHeaders.dictionaryBytes());
        assertThat(SpdyHeaders.dictionaryBytes()).hasSize(1423);
        assertThat(sum.getValue()).isEqualTo(3821447106L);
    }

    @Test
    void blocks_of_one_direction_are_read_in_their_order() throws Exception {
        try (SpdyHeaders.Encoder encoder = new SpdyHeaders.Encoder();
                SpdyHeaders.Decoder decoder = new SpdyHeaders.Decoder()) {
            for (int i = 0; i < 100; i++) {
                Map<String, String> headers = Map.of("streamtype", "data", "port", "8080", "requestid", "ä" + i);
                assertThat(decoder.decode(encoder.encode(headers))).isEqualTo(headers);
            }
            assertThat(decoder.decode(encoder.encode(Map.of()))).isEmpty();
        }
    }

    @Test
    void a_long_value_that_is_hard_to_compress_comes_through() throws Exception {
        StringBuilder value = new StringBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            value.append((char) (' ' + random.nextInt(90)));
        }
        try (SpdyHeaders.Encoder encoder = new SpdyHeaders.Encoder();
                SpdyHeaders.Decoder decoder = new SpdyHeaders.Decoder()) {
            assertThat(decoder.decode(encoder.encode(Map.of("a", value.toString()))))
                    .containsEntry("a", value.toString());
            assertThat(decoder.decode(encoder.encode(Map.of("b", "c")))).containsEntry("b", "c");
        }
    }

    @Test
    void a_block_that_swells_is_refused() {
        byte[] bomb = deflated(new byte[10 << 20]);
        assertThat(bomb.length).isLessThan(20_000);
        assertRefused(bomb, "expected at most 65536 bytes, got more");
    }

    @Test
    void what_is_no_block_is_refused() {
        assertRefused(new byte[] {1, 2, 3, 4}, "expected zlib data with the dictionary of SPDY/3");
        assertRefused(new byte[0], "got the end of the block");
        assertRefused(deflated(ints(1, 1000)), "expected a name or value of at most 0 bytes, got one of 1000");
        assertRefused(deflated(ints(1, -1)), "got one of 4294967295");
        assertRefused(deflated(ints(2, 0, 0)), "got the end of the block");
        assertRefused(deflated(ints(0, 0)), "expected the end of the block, got 4 bytes");
        assertRefused(deflated(ints(-1)), "SPDY headers");
    }

    private static void assertRefused(byte[] block, String message) {
        try (SpdyHeaders.Decoder decoder = new SpdyHeaders.Decoder()) {
            assertThatThrownBy(() -> decoder.decode(block))
                    .isInstanceOf(StreamProtocolException.class)
                    .hasMessageContaining(message);
        }
    }

    private static byte[] ints(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }

    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater();
        deflater.setDictionary(SpdyHeaders.dictionaryBytes());
        deflater.setInput(plain);
        byte[] block = new byte[plain.length + 100];
        int length = deflater.deflate(block, 0, block.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return java.util.Arrays.copyOf(block, length);
    }
}
