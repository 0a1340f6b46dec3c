package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Some 2,500 texts, of which Docker's own implementation says what they mean, or that they are no reference. */
class ReferenceVectorsTest {
    private static final List<String> REFUSED = List.of("error");

    /** Where Davit differs, and on purpose. All other rows are the same. */
    private enum Difference {
        /** No connection can be made to such a port; found here, it is a typing error and not a network failure. */
        A_PORT_IS_A_NUMBER_FROM_1_TO_65535(
                "[^/@]*:(0+|[0-9]{6,}|6553[6-9]|655[4-9][0-9]|6[6-9][0-9]{3}|[7-9][0-9]{4})/.*"),
        /** As the reference implementation has it since it moved to distribution/reference. */
        AN_IPV6_ADDRESS_IS_A_HOST("\\[[0-9a-fA-F:]+\\](:[0-9]+)?/.*"),
        /** As the reference implementation has it since it moved to distribution/reference. */
        UPPER_CASE_MAKES_A_HOST("[a-z]*[A-Z][a-zA-Z]*/.*"),
        /** The image specification lets them be carried: only who verifies content has to know them. */
        A_DIGEST_MAY_BE_OF_ANY_ALGORITHM(".*@(?!sha(256|384|512):)[^@]*"),
        /** What is no host, before the slash where a host would be, is refused: not taken for a part of the repository. */
        EVERY_REFERENCE_HAS_A_HOST("[^/]*_[^/]*\\.[^/]*/.*"),
        /** What a person copies and pastes must not lead to another registry, or be taken for an image ID. */
        A_FAMILIAR_NAME_MEANS_THE_SAME_IMAGE(".*");

        private final Pattern applies;

        Difference(String pattern) {
            this.applies = Pattern.compile(pattern, Pattern.DOTALL);
        }

        boolean explains(String text, List<String> theirs, List<String> ours) {
            return applies.matcher(text).matches()
                    && switch (this) {
                        case A_PORT_IS_A_NUMBER_FROM_1_TO_65535 -> ours.equals(REFUSED);
                        case AN_IPV6_ADDRESS_IS_A_HOST, UPPER_CASE_MAKES_A_HOST ->
                            theirs.equals(REFUSED) && ours.get(0).equals(text.substring(0, text.indexOf('/')));
                        case A_DIGEST_MAY_BE_OF_ANY_ALGORITHM ->
                            theirs.equals(REFUSED) && ours.get(3).equals(text.substring(text.indexOf('@') + 1));
                        case EVERY_REFERENCE_HAS_A_HOST -> theirs.get(0).isEmpty() && ours.equals(REFUSED);
                        case A_FAMILIAR_NAME_MEANS_THE_SAME_IMAGE ->
                            theirs.size() > 1
                                    && ours.size() > 1
                                    && ours.subList(0, 4).equals(theirs.subList(0, 4))
                                    && ours.get(4).equals("docker.io/" + ours.get(1))
                                    && !place(parts(theirs.get(4))).equals(place(ours));
                    };
        }
    }

    @Test
    void agrees_with_the_reference_implementation_but_for_the_differences_that_are_listed() {
        Set<Difference> used = EnumSet.noneOf(Difference.class);
        List<String> unexplained = new ArrayList<>();
        int agreed = 0;
        for (List<String> row : Vectors.fields("references.txt")) {
            String text = row.get(0);
            List<String> theirs = row.subList(1, row.size());
            List<String> ours = parts(text);
            if (ours.equals(theirs)) {
                agreed++;
                continue;
            }
            Arrays.stream(Difference.values())
                    .filter(difference -> difference.explains(text, theirs, ours))
                    .findFirst()
                    .ifPresentOrElse(used::add, () -> unexplained.add(text + ": " + theirs + ", but " + ours));
        }

        assertThat(unexplained).isEmpty();
        assertThat(used).as("differences that there are").isEqualTo(EnumSet.allOf(Difference.class));
        assertThat(agreed).isGreaterThan(2000);
    }

    @Test
    void what_is_accepted_is_the_same_again_in_each_of_its_forms() {
        for (List<String> row : Vectors.fields("references.txt")) {
            if (!parts(row.get(0)).equals(REFUSED)) {
                Reference reference = Reference.parse(row.get(0));
                assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
                assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
                assertThat(Reference.parse(reference.familiarName()).name()).isEqualTo(reference.name());
            }
        }
    }

    @Test
    void what_is_refused_is_named_in_one_short_line() {
        for (List<String> row : Vectors.fields("references.txt")) {
            try {
                Reference.parse(row.get(0));
            } catch (MalformedContentException e) {
                assertThat(e.getMessage())
                        .hasSizeLessThan(700)
                        .doesNotContainPattern("[\\p{Cntrl}\\u2028\\u202e\\ufeff]");
            }
        }
    }

    private static List<String> place(List<String> parts) {
        return parts.stream().limit(2).toList();
    }

    private static List<String> parts(String text) {
        try {
            Reference reference = Reference.parse(text);
            return List.of(
                    reference.host(),
                    reference.repository(),
                    reference.tag().orElse(""),
                    reference.digest().map(Digest::toString).orElse(""),
                    reference.familiarName(),
                    reference.familiar(),
                    reference.toString());
        } catch (MalformedContentException e) {
            return REFUSED;
        }
    }
}
