package dev.davit.registry;

import java.util.Locale;
import java.util.Set;

/**
 * Which registry, or which part of one, a setting is for: {@code host[:port]} or {@code host[:port]/path}, and the URLs
 * that Docker writes, {@code https://host/v1/}.
 *
 * @param host the registry, {@code docker.io} under all names of Docker Hub
 * @param path the repository or the beginning of one, or nothing for all of them
 */
record RegistryKey(String host, String path) {
    /** What Docker, and with it every credential helper, calls Docker Hub. */
    static final String DOCKER_HUB_URL = "https://index.docker.io/v1/";

    private static final Set<String> DOCKER_HUB = Set.of("docker.io", "index.docker.io", "registry-1.docker.io");
    private static final Set<String> API_ROOTS = Set.of("v1", "v2");

    static RegistryKey parse(String key) {
        String text = key.strip();
        int scheme = text.indexOf("://");
        String rest = scheme < 0 ? text : text.substring(scheme + 3);
        int slash = rest.indexOf('/');
        String path = slash < 0 ? "" : rest.substring(slash + 1).replaceAll("/+$", "");
        // the path of a URL is that of an interface
        boolean whole = scheme >= 0 || API_ROOTS.contains(path);
        return new RegistryKey(canonical(slash < 0 ? rest : rest.substring(0, slash)), whole ? "" : path);
    }

    /** {@return one name for all that mean the same registry} */
    static String canonical(String registry) {
        String lower = registry.toLowerCase(Locale.ROOT);
        String host = lower.endsWith(":443") ? lower.substring(0, lower.length() - 4) : lower;
        return DOCKER_HUB.contains(host) ? "docker.io" : host;
    }

    /** {@return what the registry is called in files of Docker, and by credential helpers} */
    static String written(String registry) {
        return canonical(registry).equals("docker.io") ? DOCKER_HUB_URL : registry;
    }

    /** {@return whether this is for a repository, or if that is empty, for all of the registry} */
    boolean covers(String registry, String repository) {
        return host.equals(canonical(registry))
                && (path.isEmpty() || repository.equals(path) || repository.startsWith(path + "/"));
    }
}
