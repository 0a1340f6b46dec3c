package dev.davit.oci;

import dev.davit.oci.internal.Text;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an image is in a registry: host, repository, and a tag or digest or both: {@code
 * registry.example:5000/acme/server:1.4.0}.
 *
 * <p>Short names mean Docker Hub, as everywhere: {@code ubuntu} is {@code docker.io/library/ubuntu:latest}. With both
 * tag and digest, the digest says which content is meant. Two references are equal if host, repository, tag and digest
 * are, character by character: host names keep the case they were written in. Immutable and safe to share.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">
 *     distribution-spec, "Pulling manifests"</a>
 */
public final class Reference {
    private static final String DOCKER_HUB = "docker.io";
    private static final String DOCKER_HUB_ONCE = "index.docker.io";
    private static final String OFFICIAL = "library/";
    private static final int MAX_NAME = 255;
    /** Name, tag and digest at their longest; more is refused before any pattern sees it. */
    private static final int MAX_LENGTH = 1024;

    private static final int MAX_PORT = 65_535;

    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
    private static final Pattern HOST =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+])(?::([0-9]{1,5}))?");
    private static final Pattern REPOSITORY =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
    private static final Pattern ANONYMOUS = Pattern.compile("[a-f0-9]{64}");
    private static final Pattern TAG_SUFFIX = Pattern.compile(":([^:/@]*)$");

    private final String host;
    private final String repository;
    private final @Nullable String tag;
    private final @Nullable Digest digest;

    private Reference(String host, String repository, @Nullable String tag, @Nullable Digest digest) {
        this.host = host;
        this.repository = repository;
        this.tag = tag;
        this.digest = digest;
    }

    /**
     * Parses a reference and completes it: Docker Hub if there is no host, {@code library/} for its official images,
     * {@code latest} if there is neither tag nor digest.
     *
     * <p>What comes before the first slash is a host if it has a dot, a colon or an upper-case letter, or is {@code
     * localhost}. Host and repository have at most 255 characters together, a tag 128. The grammar is that of Docker's
     * own clients; beyond it, a port is a number from 1 to 65535, and a digest may be of any algorithm.
     *
     * @param text the reference, without any {@code scheme://}
     * @return the reference
     * @throws MalformedContentException if the text is no reference
     */
    public static Reference parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw malformed(text, "at most " + MAX_LENGTH + " characters");
        }
        if (text.contains("://")) {
            throw malformed(text, "no scheme");
        }
        if (ANONYMOUS.matcher(text).matches()) {
            throw malformed(text, "a name, not an image ID");
        }
        String rest = text;
        Digest digest = null;
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = parseDigest(text, rest.substring(at + 1));
            rest = rest.substring(0, at);
        }
        String tag = null;
        Matcher suffix = TAG_SUFFIX.matcher(rest);
        if (suffix.find()) {
            tag = suffix.group(1);
            requireTag(tag);
            rest = rest.substring(0, suffix.start());
        }
        String host = DOCKER_HUB;
        int slash = rest.indexOf('/');
        if (slash >= 0 && isHost(rest.substring(0, slash))) {
            host = rest.substring(0, slash);
            rest = rest.substring(slash + 1);
        }
        if (host.equals(DOCKER_HUB_ONCE)) {
            host = DOCKER_HUB;
        }
        requireHost(text, host);
        if (!REPOSITORY.matcher(rest).matches()) {
            throw malformed(text, "a repository of lower-case path components");
        }
        if (host.equals(DOCKER_HUB) && rest.indexOf('/') < 0) {
            rest = OFFICIAL + rest;
        }
        if (host.length() + 1 + rest.length() > MAX_NAME) {
            throw malformed(text, "a name of at most " + MAX_NAME + " characters");
        }
        return new Reference(host, rest, tag == null && digest == null ? "latest" : tag, digest);
    }

    /** A first component is a host only if it could not be part of a repository on Docker Hub. */
    private static boolean isHost(String component) {
        return component.equals("localhost")
                || component.indexOf('.') >= 0
                || component.indexOf(':') >= 0
                || !component.equals(component.toLowerCase(Locale.ROOT));
    }

    private static Digest parseDigest(String text, String digest) {
        try {
            return Digest.parse(digest);
        } catch (MalformedContentException e) {
            throw new MalformedContentException("reference " + Text.quote(text) + ": " + e.getMessage(), e);
        }
    }

    private static void requireHost(String text, String host) {
        Matcher matcher = HOST.matcher(host);
        if (!matcher.matches()) {
            throw malformed(text, "host[:port] before the first slash");
        }
        int port = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
        if (port < 1 || port > MAX_PORT) {
            throw malformed(text, "a port from 1 to " + MAX_PORT);
        }
    }

    private static void requireTag(String tag) {
        if (!TAG.matcher(tag).matches()) {
            throw new MalformedContentException(
                    "tag: expected [A-Za-z0-9_][A-Za-z0-9._-]{0,127}, got " + Text.quote(tag));
        }
    }

    /** {@return the registry as {@code host[:port]}; {@code docker.io} for Docker Hub, also if it was written {@code index.docker.io}} */
    public String host() {
        return host;
    }

    /** {@return the repository in the registry, such as {@code acme/server}} */
    public String repository() {
        return repository;
    }

    /** {@return the tag} */
    public Optional<String> tag() {
        return Optional.ofNullable(tag);
    }

    /** {@return the digest} */
    public Optional<Digest> digest() {
        return Optional.ofNullable(digest);
    }

    /** {@return what a registry is asked for: the digest if there is one, else the tag} */
    public String identifier() {
        return digest != null ? digest.toString() : Objects.requireNonNull(tag);
    }

    /**
     * The same repository with another tag and no digest.
     *
     * @param newTag the tag
     * @return the reference
     * @throws MalformedContentException if it is no tag
     */
    public Reference withTag(String newTag) {
        requireTag(newTag);
        return new Reference(host, repository, newTag, null);
    }

    /**
     * The same repository with a digest and no tag.
     *
     * @param newDigest the digest
     * @return the reference
     */
    public Reference withDigest(Digest newDigest) {
        return new Reference(host, repository, null, newDigest);
    }

    /** {@return the name without tag and digest: {@code host/repository}} */
    public String name() {
        return host + '/' + repository;
    }

    /**
     * {@return the name as people write it: without {@code docker.io}, and without {@code library/} of its official
     * images}
     *
     * <p>Where that would be read as something else, a name on another registry or an image ID, it is {@link #name()}.
     */
    public String familiarName() {
        if (!host.equals(DOCKER_HUB)) {
            return name();
        }
        boolean official = repository.startsWith(OFFICIAL) && repository.indexOf('/', OFFICIAL.length()) < 0;
        String familiar = official ? repository.substring(OFFICIAL.length()) : repository;
        int slash = familiar.indexOf('/');
        boolean misread = slash < 0 ? ANONYMOUS.matcher(familiar).matches() : isHost(familiar.substring(0, slash));
        return misread ? name() : familiar;
    }

    /**
     * {@return the reference as people write it, {@link #familiarName()} with tag and digest: {@code ubuntu:22.04}}
     *
     * <p>Parsed, it gives this reference again.
     */
    public String familiar() {
        return familiarName() + suffix();
    }

    private String suffix() {
        return (tag == null ? "" : ':' + tag) + (digest == null ? "" : "@" + digest);
    }

    /** {@return the complete reference: {@code host/repository[:tag][@digest]}; parsed, it gives this one again} */
    @Override
    public String toString() {
        return name() + suffix();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Reference r
                && r.repository.equals(repository)
                && r.host.equals(host)
                && Objects.equals(r.tag, tag)
                && Objects.equals(r.digest, digest);
    }

    @Override
    public int hashCode() {
        return Objects.hash(host, repository, tag, digest);
    }

    private static MalformedContentException malformed(String text, String expected) {
        return new MalformedContentException("reference " + Text.quote(text) + ": expected " + expected);
    }
}
