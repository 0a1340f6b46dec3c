package dev.davit.cri;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** References to variables as Kubernetes writes them: {@code $(NAME)}, and {@code $$(NAME)} for the text itself. */
final class Variables {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([^()]*)\\)");

    private Variables() {}

    /** {@return the text with the values of the variables; a reference to an unknown one stays} */
    static String expand(String text, Map<String, String> variables) {
        return REFERENCE
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1) == null ? "$" : variables.getOrDefault(found.group(1), found.group())));
    }
}
