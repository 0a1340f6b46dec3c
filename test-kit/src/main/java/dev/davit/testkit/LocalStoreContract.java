package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.content.LocalStore;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

/** What every {@link LocalStore} does, as tests: see {@link ContentStoreContract}. */
public interface LocalStoreContract extends ContentStoreContract {
    @Override
    LocalStore emptyStore() throws Exception;

    /** A stream of unknown digest becomes content like any other. */
    @Test
    default void takes_in_what_nobody_has_named_yet() throws Exception {
        LocalStore store = emptyStore();
        byte[] content = Samples.bytes(300_000, 20);

        Descriptor descriptor = store.ingest(MediaType.OCI_LAYER, new ByteArrayInputStream(content));

        assertThat(descriptor).isEqualTo(Descriptor.of(MediaType.OCI_LAYER, content));
        Samples.assertHolds(store.blob(descriptor), content);
        assertThat(store.put(Samples.blob(content))).isEqualTo(Outcome.EXISTED);
        assertThat(store.ingest(MediaType.OCI_LAYER, new ByteArrayInputStream(content)))
                .isEqualTo(descriptor);
    }

    /** Content is visible once it is committed, and gone if it never was. */
    @Test
    default void content_that_is_not_committed_is_not_there() throws Exception {
        LocalStore store = emptyStore();
        byte[] content = Samples.bytes(1000, 21);
        Descriptor descriptor = Descriptor.of(MediaType.OCTET_STREAM, content);

        try (BlobWriter writer = store.newBlob()) {
            writer.write(content, 0, 1000);
            assertThatThrownBy(() -> store.blob(descriptor).open().close()).isInstanceOf(NotFoundException.class);
        }

        assertThatThrownBy(() -> store.blob(descriptor).open().close()).isInstanceOf(NotFoundException.class);
    }

    /** A writer ends with its commit, or when it is closed. */
    @Test
    default void a_writer_is_of_no_use_once_it_is_committed_or_closed() throws Exception {
        LocalStore store = emptyStore();
        byte[] content = Samples.bytes(10, 22);
        BlobWriter committed = store.newBlob();
        committed.write(content[0]);
        committed.write(content, 1, 9);
        Descriptor descriptor = committed.commit(MediaType.OCTET_STREAM);
        BlobWriter closed = store.newBlob();
        closed.close();

        for (BlobWriter writer : new BlobWriter[] {committed, closed}) {
            assertThatThrownBy(() -> writer.write(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.commit(MediaType.OCTET_STREAM)).isInstanceOf(IllegalStateException.class);
            writer.close();
        }
        Samples.assertHolds(store.blob(descriptor), content);
    }
}
