package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is written is read again as the same, for values that a generator makes; a failure names its seed. */
class RoundTripTest {
    private static final int TRIES = 2_000;
    private static final String LOWER = "abcz019";
    private static final String ANY = LOWER + "AZ_";
    private static final String HOSTILE =
            ANY + "...---___///:::@@@[]()%+ \t\n\r\0\u007f\u00e9\u2028\u202e\ud83d\ude00\ud800*";

    @Test
    void a_reference_is_the_same_after_each_of_its_forms() {
        forAll(RoundTripTest::reference, text -> {
            Reference reference = Reference.parse(text);
            assertThat(Reference.parse(reference.toString()))
                    .isEqualTo(reference)
                    .hasToString(reference.toString());
            assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
            assertThat(reference).hasToString(reference.name() + suffix(reference));
        });
    }

    @Test
    void a_platform_is_the_same_after_its_text_and_runs_on_itself() {
        forAll(RoundTripTest::platform, text -> {
            Platform platform = Platform.parse(text);
            assertThat(Platform.parse(platform.toString())).isEqualTo(platform).hasToString(platform.toString());
            assertThat(platform.normalized()).isEqualTo(platform);
            assertThat(platform.satisfies(platform)).isTrue();
            assertThat(Platform.bestFor(platform).compare(platform, platform)).isZero();
        });
    }

    @Test
    void a_digest_is_the_same_after_its_text() {
        forAll(random -> word(random, LOWER, 9) + ":" + word(random, ANY + "=-", 90), text -> {
            Digest digest = Digest.parse(text);
            assertThat(digest).hasToString(text).isEqualTo(Digest.parse(digest.algorithm() + ':' + digest.encoded()));
        });
    }

    @Test
    void bytes_match_the_digest_made_of_them_in_any_pieces_and_no_other() {
        Random random = new Random(4);
        for (String algorithm : new String[] {
            "sha256:" + "0".repeat(64),
            "sha384:" + "0".repeat(96),
            "sha512:" + "0".repeat(128),
            "blake3:" + "0".repeat(64)
        }) {
            byte[] content = new byte[random.nextInt(5000) + 1];
            random.nextBytes(content);
            Digester digester = Digest.parse(algorithm).newDigester();
            for (int at = 0; at < content.length; ) {
                int piece = random.nextInt(content.length - at + 1);
                digester.update(content, at, piece);
                at += piece;
            }
            Digest digest = Digest.parse(digester.digest().toString());
            assertThat(digester.size()).isEqualTo(content.length);
            assertThat(digest.matches(content)).isTrue();
            content[random.nextInt(content.length)] ^= 1;
            assertThat(digest.matches(content)).isFalse();
        }
    }

    /** Whatever it is, it is taken, and then it is the same again, or refused with the exception that is promised. */
    @Test
    void a_hostile_text_is_refused_as_promised_or_read_again_as_the_same() {
        forAll(random -> word(random, HOSTILE, 40), text -> {
            try {
                Reference reference = Reference.parse(text);
                assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
            } catch (MalformedContentException e) {
                assertThat(e.getMessage()).doesNotContainPattern("[\\p{Cntrl}\\u2028\\u202e]");
            }
            try {
                Digest.parse(text);
            } catch (MalformedContentException e) {
                assertThat(e.getMessage()).doesNotContainPattern("[\\p{Cntrl}\\u2028\\u202e]");
            }
            try {
                Platform platform = Platform.parse(text);
                assertThat(Platform.parse(platform.toString())).isEqualTo(platform);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).doesNotContainPattern("[\\p{Cntrl}\\u2028\\u202e]");
            }
            Platform asInADocument = Platform.of(text, text, text);
            assertThat(asInADocument.satisfies(asInADocument)).isTrue();
            assertThat(asInADocument.toString()).doesNotContainPattern("[\\p{Cntrl}\\u2028\\u202e]");
        });
    }

    private static String suffix(Reference reference) {
        return reference.tag().map(tag -> ":" + tag).orElse("")
                + reference.digest().map(digest -> "@" + digest).orElse("");
    }

    private static String reference(Random random) {
        StringBuilder text = new StringBuilder();
        switch (random.nextInt(6)) {
            case 0 -> text.append("docker.io/");
            case 1 -> text.append("localhost").append(port(random)).append('/');
            case 2 ->
                text.append("[::")
                        .append(word(random, "0afF", 4))
                        .append(']')
                        .append(port(random))
                        .append('/');
            case 3 ->
                text.append(word(random, ANY.replace("_", ""), 8))
                        .append(".example")
                        .append(port(random))
                        .append('/');
            case 4 -> text.append("X").append(word(random, LOWER, 3)).append('/');
            default -> {}
        }
        String[] separators = {"/", "/", "_", "__", "-", "--", "."};
        int joints = text.length() > 0 ? separators.length : separators.length - 1; // a dot would make the start a host
        text.append(random.nextInt(4) == 0 ? "library/" : "").append(word(random, LOWER, 6));
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(separators[random.nextInt(joints)]).append(word(random, LOWER, 6));
        }
        text.append(random.nextBoolean() ? ":" + word(random, ANY, 100) : "");
        return text + (random.nextInt(3) == 0 ? "@" + Digest.sha256(new byte[] {(byte) random.nextInt()}) : "");
    }

    private static String port(Random random) {
        return random.nextBoolean() ? "" : ":" + (1 + random.nextInt(65_535));
    }

    private static String platform(Random random) {
        String[] processors = {"amd64", "x86_64", "arm", "arm64", "aarch64", "386", "armhf", word(random, LOWER, 5)};
        String options = switch (random.nextInt(4)) {
            case 0 -> "(10.0." + random.nextInt(30_000) + ")";
            case 1 -> "(" + word(random, ANY, 3) + "+" + word(random, ANY, 5) + "%2F%25%2B)";
            default -> "";
        };
        return (random.nextBoolean() ? "windows" : word(random, ANY, 5)) + options + "/"
                + processors[random.nextInt(processors.length)]
                + (random.nextBoolean()
                        ? "/v" + random.nextInt(12) + (random.nextBoolean() ? "." + random.nextInt(9) : "")
                        : "");
    }

    private static String word(Random random, String letters, int longest) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(longest); i >= 0; i--) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }

    private static void forAll(Function<Random, String> generator, Consumer<String> property) {
        for (int seed = 0; seed < TRIES; seed++) {
            String text = generator.apply(new Random(seed));
            try {
                property.accept(text);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
    }
}
