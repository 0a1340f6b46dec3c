package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Folders with a folder for each server, as Docker and Podman have them: {@code HOST[:PORT]} with {@code *.crt} to trust,
 * and {@code NAME.cert} with {@code NAME.key} to show.
 *
 * @param roots the folders, of which the first that knows a server counts
 */
record CertificateFolders(List<Path> roots) {
    CertificateFolders {
        roots = List.copyOf(roots);
    }

    static List<Path> conventional(Surroundings surroundings) {
        Path etc = surroundings.system().resolve("etc");
        return List.of(
                surroundings.settings().resolve("containers").resolve("certs.d"),
                surroundings.settings().resolve("docker").resolve("certs.d"),
                etc.resolve("containers").resolve("certs.d"),
                etc.resolve("docker").resolve("certs.d"));
    }

    /**
     * What is known of a server.
     *
     * @param host the server as {@code host[:port]}
     * @throws MalformedContentException if a certificate has no key, or a key no certificate
     */
    Tls of(String host) {
        for (Path root : roots) {
            List<Path> files = LocalFiles.list(root.resolve(host));
            if (!files.isEmpty()) {
                return read(files);
            }
        }
        return Tls.USUAL;
    }

    static Tls read(List<Path> files) {
        List<Path> trusted = new ArrayList<>();
        ClientCertificate client = null;
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.endsWith(".crt")) {
                trusted.add(file);
            } else if (name.endsWith(".cert")) {
                Path key = sibling(file, ".cert", ".key", files);
                client = client == null ? ClientCertificate.pem(file, key) : client;
            } else if (name.endsWith(".key")) {
                sibling(file, ".key", ".cert", files);
            }
        }
        return new Tls(trusted, client, true);
    }

    private static Path sibling(Path file, String suffix, String other, List<Path> files) {
        String name = file.getFileName().toString();
        Path sibling = file.resolveSibling(name.substring(0, name.length() - suffix.length()) + other);
        if (!files.contains(sibling)) {
            throw new MalformedContentException(
                    file + ": expected " + sibling.getFileName() + " beside it, which belongs to it, got nothing");
        }
        return sibling;
    }
}
