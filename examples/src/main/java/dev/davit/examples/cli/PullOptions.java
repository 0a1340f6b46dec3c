package dev.davit.examples.cli;

import dev.davit.cri.CriClient;
import dev.davit.oci.auth.Credentials;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who a pull is by, as crictl takes it; by the logins of this machine unless given. */
final class PullOptions {
    @Option(
            names = "--creds",
            paramLabel = "USER[:PASSWORD]",
            description = "Pulls as this user, not with the logins of this machine. Others on this machine can see it.")
    private @Nullable String login;

    @Option(names = "--auth", paramLabel = "BASE64", description = "The same, in base64.")
    private @Nullable String encoded;

    /** Pulls an image, unless the node has it. */
    void pullMissing(CriClient node, String image) {
        if (node.images().status(image).isEmpty()) {
            pull(node, image);
        }
    }

    /** {@return the ID of the image that was pulled} */
    String pull(CriClient node, String image) {
        Credentials given = credentials();
        return (given == null ? node.images().pull(image) : node.images().pull(image, given)).id();
    }

    private @Nullable Credentials credentials() {
        if (login != null && encoded != null) {
            throw new IllegalArgumentException("expected --creds or --auth, got both");
        }
        if (login != null) {
            return parsed("--creds", login);
        }
        return encoded == null ? null : parsed("--auth", decoded(encoded));
    }

    /** No message of this says what was given. */
    private static String decoded(String text) {
        try {
            return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--auth: expected USER[:PASSWORD] in base64, got something else", e);
        }
    }

    private static Credentials parsed(String option, String text) {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        if (user.isEmpty()) {
            throw new IllegalArgumentException(option + ": expected USER[:PASSWORD], got no user");
        }
        return new Credentials(user, colon < 0 ? "" : text.substring(colon + 1));
    }
}
