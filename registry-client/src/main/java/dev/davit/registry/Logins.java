package dev.davit.registry;

import dev.davit.oci.auth.Credentials;
import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a file with logins says: the format that Docker invented and Podman, Buildah, Skopeo, Kubernetes and others
 * share. An edit keeps every member that it does not concern. Immutable.
 */
final class Logins {
    private static final String AUTHS = "auths";

    private final JsonMembers document;
    private final JsonMembers auths;
    private final Map<String, Entry> entries;
    private final Map<String, String> helpers;
    private final @Nullable String store;

    private Logins(
            JsonMembers document,
            JsonMembers auths,
            Map<String, Entry> entries,
            Map<String, String> helpers,
            @Nullable String store) {
        this.document = document;
        this.auths = auths;
        this.entries = entries;
        this.helpers = helpers;
        this.store = store;
    }

    /** {@return a file in which nobody is logged in} */
    static Logins none() {
        JsonMembers nothing = JsonMembers.builder(List.of()).build();
        return new Logins(nothing, nothing, Map.of(), Map.of(), null);
    }

    /**
     * Parses a file.
     *
     * @param name what to call it in messages, which say nothing of its content
     */
    static Logins parse(String name, byte[] bytes) {
        return JsonReader.parseSecret(name, bytes, Logins::read);
    }

    private static Logins read(JsonReader in) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> helpers = new LinkedHashMap<>();
        JsonMembers[] auths = {none().auths};
        String[] store = new String[1];
        JsonMembers document = in.object(List.of(), name -> {
            switch (name) {
                case AUTHS -> auths[0] = in.object(List.of(), key -> entries.put(key, Entry.read(in)));
                case "credHelpers" -> helpers.putAll(in.stringMap());
                case "credsStore" -> store[0] = in.optionalString();
                default -> in.skip();
            }
        });
        return new Logins(document, auths[0], entries, helpers, store[0]);
    }

    /** {@return the name of the credential helper that keeps the secrets of a registry} */
    Optional<String> helper(String registry, String repository) {
        return find(helpers, registry, repository, helper -> !helper.isEmpty()).or(() -> Optional.ofNullable(store));
    }

    /** {@return the secret that the file itself has} */
    Optional<Credentials> credentials(String registry, String repository) {
        return find(entries, registry, repository, entry -> entry.credentials().isPresent())
                .flatMap(Entry::credentials);
    }

    /** What is for the smallest part counts; then what is written just as it is asked for. */
    private static <T> Optional<T> find(
            Map<String, T> values, String registry, String repository, Predicate<? super T> usable) {
        return values.entrySet().stream()
                .filter(entry -> RegistryKey.parse(entry.getKey()).covers(registry, repository))
                .filter(entry -> usable.test(entry.getValue()))
                .max(Comparator.<Map.Entry<String, T>>comparingInt(entry ->
                                RegistryKey.parse(entry.getKey()).path().length())
                        .thenComparing(entry -> entry.getKey().equals(registry)))
                .map(Map.Entry::getValue);
    }

    /** {@return whether somebody is, or was, logged in to a registry, not counting parts of it} */
    boolean knows(String registry) {
        return entries.keySet().stream().anyMatch(key -> isOf(key, registry));
    }

    private static boolean isOf(String key, String registry) {
        RegistryKey parsed = RegistryKey.parse(key);
        return parsed.path().isEmpty() && parsed.covers(registry, "");
    }

    /** {@return the same with other credentials of a registry; nothing if a helper keeps them} */
    Logins with(String registry, Optional<Credentials> credentials) {
        JsonMembers.Builder changed = without(registry, RegistryKey.written(registry));
        Entry before = entries.get(RegistryKey.written(registry));
        changed.put(RegistryKey.written(registry), Entry.edited(before, credentials));
        return edited(changed);
    }

    /** {@return the same without a login to a registry, under any of its names} */
    Logins without(String registry) {
        return edited(without(registry, ""));
    }

    private JsonMembers.Builder without(String registry, String butFor) {
        JsonMembers.Builder changed = auths.toBuilder();
        for (String key : entries.keySet()) {
            if (isOf(key, registry) && !key.equals(butFor)) {
                changed.put(key, (JsonMembers) null);
            }
        }
        return changed;
    }

    private Logins edited(JsonMembers.Builder changed) {
        JsonMembers.Builder whole = document.toBuilder();
        whole.put(AUTHS, changed.build());
        return parse("logins", whole.build().toBytes());
    }

    byte[] toBytes() {
        return document.toBytes();
    }

    /** One login; a placeholder without any secret if a helper keeps it. */
    private record Entry(JsonMembers members, Optional<Credentials> credentials) {
        private static final String AUTH = "auth";
        private static final String TOKEN = "identitytoken";
        private static final String NAME = "username";
        private static final String PASSWORD = "password";

        static Entry read(JsonReader in) {
            Map<String, String> values = new LinkedHashMap<>();
            JsonMembers members = in.object(List.of(), name -> {
                switch (name) {
                    case AUTH -> pair(in, values);
                    case TOKEN, NAME, PASSWORD -> values.put(name, in.string());
                    default -> in.skip();
                }
            });
            String token = values.getOrDefault(TOKEN, "");
            String user = values.getOrDefault(NAME, "");
            String password = values.getOrDefault(PASSWORD, "");
            Optional<Credentials> credentials = !token.isEmpty()
                    ? Optional.of(Credentials.identityToken(token))
                    : Optional.of(new Credentials(user, password)).filter(c -> !user.isEmpty() || !password.isEmpty());
            return new Entry(members, credentials);
        }

        private static void pair(JsonReader in, Map<String, String> values) {
            String encoded = in.string().strip();
            if (encoded.isEmpty()) {
                return;
            }
            byte[] bytes;
            try {
                bytes = Base64.getDecoder().decode(encoded);
            } catch (IllegalArgumentException e) {
                throw in.violation("a user and a password in base64", "");
            }
            // some writers fill it up with zeros
            String text = new String(bytes, StandardCharsets.UTF_8).replaceAll("\0+$", "");
            int colon = text.indexOf(':');
            if (colon < 0) {
                throw in.violation("a user, a colon and a password in base64", "");
            }
            values.put(NAME, text.substring(0, colon));
            values.put(PASSWORD, text.substring(colon + 1));
        }

        static JsonMembers edited(@Nullable Entry before, Optional<Credentials> credentials) {
            JsonMembers.Builder entry = before == null ? JsonMembers.builder(List.of()) : before.members.toBuilder();
            for (String name : List.of(AUTH, TOKEN, NAME, PASSWORD)) {
                entry.put(name, (String) null);
            }
            credentials.ifPresent(c -> {
                if (c.isIdentityToken()) {
                    entry.put(TOKEN, c.password());
                } else {
                    byte[] pair = (c.username() + ':' + c.password()).getBytes(StandardCharsets.UTF_8);
                    entry.put(AUTH, Base64.getEncoder().encodeToString(pair));
                }
            });
            return entry.build();
        }

        @Override
        public String toString() {
            return "login";
        }
    }
}
