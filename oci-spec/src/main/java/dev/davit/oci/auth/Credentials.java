package dev.davit.oci.auth;

import java.util.Objects;

/**
 * A user name with its secret, or an identity token. Its {@link #toString} hides the secret. Immutable and safe to
 * share.
 *
 * @param username name of the user; {@code <token>} if the secret is an identity token
 * @param password the secret
 */
public record Credentials(String username, String password) {
    /** What credential helpers write in place of a user. */
    private static final String TOKEN_USER = "<token>";

    /** Checks that both are there. */
    public Credentials {
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
    }

    /**
     * A token that stands for a user at a token server, which gives short-lived ones for it: a refresh token of OAuth2.
     *
     * @param token the secret
     * @return the credentials
     */
    public static Credentials identityToken(String token) {
        return new Credentials(TOKEN_USER, token);
    }

    /** {@return whether the secret is an identity token, and no password} */
    public boolean isIdentityToken() {
        return username.equals(TOKEN_USER);
    }

    /** {@return the user name alone} */
    @Override
    public String toString() {
        return "credentials of " + username;
    }
}
