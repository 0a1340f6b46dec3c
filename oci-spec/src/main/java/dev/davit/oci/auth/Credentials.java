package dev.davit.oci.auth;

import java.util.Objects;

/**
 * A user name with its secret. Its {@link #toString} hides the secret. Immutable and safe to share.
 *
 * @param username name of the user
 * @param password the secret
 */
public record Credentials(String username, String password) {
    /** Checks that both are there. */
    public Credentials {
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
    }

    /** {@return the user name alone} */
    @Override
    public String toString() {
        return "credentials of " + username;
    }
}
