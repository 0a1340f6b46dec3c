package dev.davit.it.registry;

import dev.davit.it.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A certificate authority of a test, made by openssl, and what it signs. */
final class TestAuthority {
    private final Path folder;

    TestAuthority(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        openssl("req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "7", "-subj", "/CN=Davit test authority")
                .with("-addext", "basicConstraints=critical,CA:TRUE")
                .with("-keyout", file("ca.key"), "-out", file("ca.crt"))
                .run();
    }

    private static Command openssl(String... arguments) {
        return Command.of("openssl", arguments);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    Path certificate() {
        return folder.resolve("ca.crt");
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /**
     * Makes NAME.crt and NAME.key.
     *
     * @param key what openssl calls the kind of key: {@code rsa:2048}, {@code ec:prime256v1}
     */
    void sign(String name, String key) {
        Command request = openssl("req", "-x509", "-nodes", "-days", "7", "-subj", "/CN=" + name);
        if (key.startsWith("ec:")) {
            request.with("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + key.substring(3));
        } else {
            request.with("-newkey", key);
        }
        request.with("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:registry.test")
                .with("-addext", "basicConstraints=critical,CA:FALSE")
                .with("-CA", file("ca.crt"), "-CAkey", file("ca.key"))
                .with("-keyout", file(name + ".key"), "-out", file(name + ".crt"))
                .run();
    }

    /** {@return the same key in the form that it had before PKCS#8} */
    Path traditional(String name) {
        String kind = Command.of("head", "-1", file(name + ".key")).run().contains("RSA") ? "rsa" : "pkey";
        openssl(kind, "-in", file(name + ".key"), "-traditional", "-out", file(name + ".old.key"))
                .run();
        return path(name + ".old.key");
    }

    /** {@return both in one encrypted file} */
    Path pkcs12(String name, String password) {
        openssl("pkcs12", "-export", "-in", file(name + ".crt"), "-inkey", file(name + ".key"))
                .with("-passout", "pass:" + password, "-out", file(name + ".p12"))
                .run();
        return path(name + ".p12");
    }
}
