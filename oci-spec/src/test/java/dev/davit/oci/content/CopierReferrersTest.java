package dev.davit.oci.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes along with an image, though the image does not know of it. */
class CopierReferrersTest {
    private static final Copier WITH_REFERRERS =
            Copier.builder().includeReferrers(true).build();

    private final MemoryStore from = LocalStore.inMemory(10_000_000);
    private final RecordingStore to = new RecordingStore();

    private Descriptor amd64;
    private Descriptor index;

    @BeforeEach
    void make_an_image_of_two_platforms() {
        amd64 = Images.image(from, Platform.LINUX_AMD64, "a");
        index = Images.index(from, amd64, Images.image(from, Platform.LINUX_ARM64, "b"));
        from.tag(index, "1.0");
    }

    @Test
    void copies_what_refers_to_any_part_of_the_image_and_what_refers_to_that() {
        Descriptor ofIndex = Images.referrer(from, index, "signature");
        Descriptor ofPart = Images.referrer(from, amd64, "sbom");
        Descriptor ofReferrer = Images.referrer(from, ofPart, "stamp");
        Descriptor stranger = Images.referrer(from, Images.image(from, Platform.LINUX_AMD64, "other"), "else");

        WITH_REFERRERS.copy(from, "1.0", to, "2.0");

        assertThat(to.content).containsKeys(ofIndex.digest(), ofPart.digest(), ofReferrer.digest());
        assertThat(to.content).doesNotContainKey(stranger.digest());
        assertThat(to.fetch(ofReferrer)).isEqualTo(from.fetch(ofReferrer));
        assertThat(to.order).doesNotHaveDuplicates();
        assertThat(to.order.indexOf(index.digest())).isLessThan(to.order.indexOf(ofIndex.digest()));
        assertThat(to.names).containsOnlyKeys("2.0");
    }

    @Test
    void copies_none_of_that_unless_it_is_asked_for() {
        Descriptor signature = Images.referrer(from, index, "signature");

        Copier.create().copy(from, "1.0", to, "2.0");

        assertThat(to.content).doesNotContainKey(signature.digest());
    }

    @Test
    void takes_along_what_cosign_keeps_under_tags_with_the_tags() {
        Descriptor signature = Images.image(from, Platform.LINUX_AMD64, "signed");
        Descriptor statement = Images.image(from, Platform.LINUX_AMD64, "stated");
        Descriptor ofSignature = Images.image(from, Platform.LINUX_AMD64, "signed again");
        from.tag(signature, tag(index, ".sig"));
        from.tag(statement, tag(amd64, ".att"));
        from.tag(ofSignature, tag(signature, ".sig"));
        from.tag(statement, "other");
        from.tag(statement, tag(index, ".log"));

        WITH_REFERRERS.copy(from, "1.0", to, "2.0");

        assertThat(to.tags())
                .containsExactlyInAnyOrder("2.0", tag(index, ".sig"), tag(amd64, ".att"), tag(signature, ".sig"));
        assertThat(to.resolve(tag(amd64, ".att")).digest()).isEqualTo(statement.digest());
        assertThat(new ArrayList<>(to.names.keySet())).endsWith("2.0");
    }

    private static String tag(Descriptor image, String suffix) {
        return image.digest().algorithm() + "-" + image.digest().encoded() + suffix;
    }

    @Test
    void believes_no_list_but_what_the_documents_say() {
        Descriptor signature = Images.referrer(from, index, "signature");
        Descriptor gone = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {1});
        Descriptor unrelated = Images.image(from, Platform.LINUX_AMD64, "unrelated");
        Descriptor noDocument = Descriptor.of(MediaType.OCTET_STREAM, new byte[] {2});
        Source liar = new Lying(from, List.of(index, gone, unrelated, noDocument, signature, signature));

        WITH_REFERRERS.copy(liar, "1.0", to, "2.0");

        assertThat(to.content).containsKey(signature.digest());
        assertThat(to.content).doesNotContainKeys(unrelated.digest(), gone.digest(), noDocument.digest());
    }

    @Test
    void a_referrer_of_which_a_part_is_missing_is_a_failure_and_no_name_is_given() {
        Descriptor signature = Images.referrer(from, index, "signature");
        Digest layer = Descriptor.of(
                        MediaType.OCTET_STREAM, "signature".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .digest();
        Source holey = new Lying(from, List.of(signature)) {
            @Override
            public Blob blob(Descriptor descriptor) {
                if (descriptor.digest().equals(layer)) {
                    throw new NotFoundException("no " + descriptor);
                }
                return super.blob(descriptor);
            }
        };

        assertThatThrownBy(() -> WITH_REFERRERS.copy(holey, "1.0", to, "2.0")).isInstanceOf(NotFoundException.class);

        assertThat(to.names).isEmpty();
        assertThat(to.content).doesNotContainKey(signature.digest());
    }

    @Test
    void a_long_chain_of_referrers_needs_no_deep_stack() {
        Descriptor last = index;
        for (int i = 0; i < 2000; i++) {
            last = Images.referrer(from, last, "stamp" + i);
        }

        WITH_REFERRERS.copy(from, "1.0", to, "2.0");

        assertThat(to.content).containsKey(last.digest());
    }

    /** Says of everything that the same things refer to it. */
    private static class Lying implements Source {
        private final Source behind;
        private final List<Descriptor> referrers;

        Lying(Source behind, List<Descriptor> referrers) {
            this.behind = behind;
            this.referrers = referrers;
        }

        @Override
        public Descriptor resolve(String name) {
            return behind.resolve(name);
        }

        @Override
        public List<String> tags() {
            return behind.tags();
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            return referrers;
        }

        @Override
        public Blob blob(Descriptor descriptor) {
            return behind.blob(descriptor);
        }
    }
}
