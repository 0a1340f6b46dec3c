package dev.davit.oci.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.internal.ByteBlob;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

/** The bound of the store; what it does within it, the contract of all stores says. */
class MemoryStoreTest {
    private final MemoryStore store = LocalStore.inMemory(100);

    private static Blob blob(int length, int first) {
        byte[] bytes = new byte[length];
        bytes[0] = (byte) first;
        return new ByteBlob(Descriptor.of(MediaType.OCTET_STREAM, bytes), bytes);
    }

    @Test
    void takes_as_much_as_it_may_have_and_no_more() {
        store.put(blob(60, 1));
        assertThatThrownBy(() -> store.put(blob(41, 2)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("at most 100 bytes")
                .hasMessageContaining("60 and 41 more");
        assertThat(store.put(blob(40, 2))).isEqualTo(Outcome.COPIED);
        assertThat(store.put(blob(60, 1))).isEqualTo(Outcome.EXISTED);
        assertThat(store).hasToString("memory (100 of 100 bytes)");
    }

    @Test
    void what_was_not_taken_needs_no_room() {
        Descriptor lie = Descriptor.of(MediaType.OCTET_STREAM, new byte[90]);
        assertThatThrownBy(() -> store.put(new ByteBlob(lie, new byte[80]))).isInstanceOf(IntegrityException.class);
        try (BlobWriter writer = store.newBlob()) {
            writer.write(new byte[90], 0, 90);
            assertThatThrownBy(() -> store.put(blob(20, 1))).isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> writer.write(new byte[20], 0, 20)).isInstanceOf(StorageException.class);
        }
        for (int i = 0; i < 2; i++) {
            store.ingest(MediaType.OCTET_STREAM, new ByteArrayInputStream(new byte[50]));
        }

        assertThat(store).hasToString("memory (50 of 100 bytes)");
    }

    @Test
    void a_size_that_no_array_has_is_refused_before_anything_is_read() {
        MemoryStore huge = LocalStore.inMemory(Long.MAX_VALUE);
        Descriptor descriptor =
                Descriptor.of(MediaType.OCTET_STREAM, blob(1, 1).descriptor().digest(), Long.MAX_VALUE);

        assertThatThrownBy(() -> huge.put(new ByteBlob(descriptor, new byte[1])))
                .isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> LocalStore.inMemory(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
