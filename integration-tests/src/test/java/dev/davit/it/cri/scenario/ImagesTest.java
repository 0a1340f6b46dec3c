package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.ContainerdImage;
import dev.davit.cri.ImageNotFoundException;
import dev.davit.cri.NodeImage;
import dev.davit.cri.RunningContainer;
import dev.davit.image.ImageBuilder;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.EmbeddedRegistry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images on a node: how they get there from a registry, what they are called, and how they go. */
@OnOneVersion
class ImagesTest extends Scenario {
    private static final MemoryStore STORE = LocalStore.inMemory(64 << 20);

    private static EmbeddedRegistry registry;
    private static RegistryClient client;
    private static Image box;
    private static int count;

    /** A repository of each test's own, because what a node has of one test it would not have to pull in another. */
    private String repository;

    private Image image;

    @BeforeAll
    static void start() {
        registry = EmbeddedRegistry.start();
        client = RegistryClient.create();
        box = SharedNode.box();
    }

    @AfterAll
    static void stop() {
        client.close();
        registry.close();
    }

    @BeforeEach
    void push() {
        repository = registry.address() + "/test/box" + ++count;
        image = build("own");
        client.push(image, repository + ":1");
    }

    private Image build(String content) {
        return ImageBuilder.from(box)
                .layer(SharedNode.layer("/www/index.html", content + " of " + repository))
                .build(STORE);
    }

    private String withDigest() {
        return repository + "@" + image.digest();
    }

    @Test
    void is_pulled_by_a_tag() {
        NodeImage pulled = cri.images().pull(repository + ":1");
        assertThat(pulled.id()).isEqualTo(image.id().toString());
        assertThat(pulled.tags()).containsExactly(repository + ":1");
        assertThat(pulled.digests()).containsExactly(withDigest());
        assertThat(pulled.size()).isPositive();
        assertThat(pulled.isPinned()).isFalse();
    }

    @Test
    void is_pulled_without_a_tag_as_the_latest() {
        client.push(image, repository + ":latest");
        assertThat(cri.images().pull(repository).tags()).containsExactly(repository + ":latest");
    }

    @Test
    void is_pulled_by_a_digest_and_has_no_tag_then() {
        NodeImage pulled = cri.images().pull(withDigest());
        assertThat(pulled.tags()).isEmpty();
        assertThat(pulled.digests()).containsExactly(withDigest());
    }

    @Test
    void is_pulled_by_tag_and_digest() {
        assertThat(cri.images().pull(repository + ":1@" + image.digest()).digests())
                .containsExactly(withDigest());
    }

    @Test
    void is_found_by_all_its_names_at_once_and_by_none_after_it_was_removed() {
        NodeImage pulled = cri.images().pull(repository + ":1");
        String hex = pulled.id().substring("sha256:".length());
        List<String> names = List.of(repository + ":1", withDigest(), pulled.id(), hex, hex.substring(0, 12));
        for (String name : names) {
            assertThat(cri.images().status(name)).as(name).contains(pulled);
        }
        assertThat(cri.images().list(repository + ":1")).containsExactly(pulled);
        cri.images().remove(repository + ":1");
        for (String name : names) {
            assertThat(cri.images().status(name)).as(name).isEmpty();
        }
        assertThat(cri.images().list()).doesNotContain(pulled);
    }

    @Test
    void has_the_same_id_wherever_it_appears() {
        NodeImage pulled = cri.images().pull(repository + ":1");
        assertThat(cri.images().list())
                .filteredOn(one -> one.tags().contains(repository + ":1"))
                .containsExactly(pulled);
        assertThat(cri.images().status(repository + ":1")).contains(pulled);
        for (String name : List.of(repository + ":1", withDigest(), pulled.id())) {
            RunningContainer container = start(ContainerSpec.of("box", name).args("cat /www/index.html"));
            assertThat(output(container)).isEqualTo("own of " + repository);
            assertThat(cri.images().status(container.status().imageRef())).contains(pulled);
        }
    }

    @Test
    void appears_in_the_list_beside_others() {
        Image other = build("other");
        Image third = build("third");
        client.push(other, repository + ":2");
        client.push(third, repository + ":3");
        for (int i = 1; i <= 3; i++) {
            cri.images().pull(repository + ":" + i);
        }
        assertThat(cri.images().list())
                .filteredOn(one -> one.tags().stream().anyMatch(tag -> tag.startsWith(repository + ":")))
                .extracting(NodeImage::id)
                .containsExactlyInAnyOrder(
                        image.id().toString(), other.id().toString(), third.id().toString());
    }

    @Test
    void appears_once_in_the_list_with_all_its_tags() {
        for (String tag : List.of(":1", ":2", ":3")) {
            client.push(image, repository + tag);
            cri.images().pull(repository + tag);
        }
        assertThat(cri.images().list())
                .filteredOn(one -> one.id().equals(image.id().toString()))
                .singleElement()
                .satisfies(one -> assertThat(one.tags())
                        .containsExactlyInAnyOrder(repository + ":1", repository + ":2", repository + ":3"));
    }

    @Test
    void goes_with_all_tags_if_it_is_removed_by_one_and_stays_if_a_tag_is_taken_away() {
        client.push(image, repository + ":2");
        cri.images().pull(repository + ":1");
        cri.images().pull(repository + ":2");
        cri.containerd().untag(repository + ":1");
        assertThat(cri.containerd().list())
                .extracting(ContainerdImage::name)
                .contains(repository + ":2")
                .doesNotContain(repository + ":1");
        assertThat(output(ContainerSpec.of("box", repository + ":2").args("echo there")))
                .isEqualTo("there");
        cri.images().pull(repository + ":1");
        cri.images().remove(repository + ":1");
        assertThat(cri.images().status(repository + ":2")).isEmpty();
        assertThat(cri.containerd().list())
                .extracting(ContainerdImage::name)
                .noneMatch(name -> name.startsWith(repository));
    }

    @Test
    void says_which_user_it_wants_to_run_as() {
        assertThat(user("1002")).contains("1002");
        assertThat(user("1002:100")).contains("1002");
        assertThat(user("www-data")).contains("www-data");
        assertThat(user("www-data:100")).contains("www-data");
        assertThat(user("0")).contains("0");
        assertThat(user(null)).isEmpty();
    }

    private Optional<String> user(String user) {
        Image running =
                ImageBuilder.from(image).config(config -> config.user(user)).build(STORE);
        client.push(running, repository + ":user");
        return cri.images().pull(repository + ":user").user();
    }

    @Test
    void a_tag_that_moved_on_is_pulled_anew() {
        NodeImage first = cri.images().pull(repository + ":1");
        Image next = build("next");
        client.push(next, repository + ":1");
        assertThat(cri.images().pull(repository + ":1").id())
                .isEqualTo(next.id().toString());
        assertThat(cri.images().status(repository + ":1").map(NodeImage::id))
                .contains(next.id().toString());
        assertThat(cri.images().status(first.id()).map(NodeImage::tags)).isIn(Optional.empty(), Optional.of(List.of()));
    }

    @Test
    void that_is_missing_is_not_found() {
        assertThatThrownBy(() -> cri.images().pull(repository + ":none")).isInstanceOf(ImageNotFoundException.class);
        String digest = repository + "@sha256:" + "0".repeat(64);
        assertThatThrownBy(() -> cri.images().pull(digest)).isInstanceOf(ImageNotFoundException.class);
        assertThat(cri.images().status(repository + ":none")).isEmpty();
        assertThat(cri.images().list(repository + ":none")).isEmpty();
    }

    @Test
    void goes_on_running_when_it_was_removed() {
        cri.images().pull(repository + ":1");
        RunningContainer container =
                start(ContainerSpec.of("box", repository + ":1").args(IDLE));
        cri.images().remove(repository + ":1");
        assertThat(sh(container, "cat /www/index.html")).isEqualTo("own of " + repository);
    }
}
