package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.Collections;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * A certificate with its private key, by which a client shows a server who it is. Its {@link #toString} hides the key.
 * Immutable and safe to share; the files are read when it is made.
 */
public final class ClientCertificate {
    private final Path source;
    private final KeyManager[] keys;

    private ClientCertificate(Path source, KeyManager[] keys) {
        this.source = source;
        this.keys = keys;
    }

    /**
     * A certificate and its key in PEM, which may be one and the same file.
     *
     * @param certificate the certificate, and those of the authorities between it and its root
     * @param key the key, not encrypted: {@code PRIVATE KEY} (PKCS#8), {@code RSA PRIVATE KEY} (PKCS#1) or {@code EC
     *     PRIVATE KEY} (RFC 5915)
     * @return both
     * @throws dev.davit.oci.StorageException if a file cannot be read
     * @throws MalformedContentException if there is no such thing in it
     */
    public static ClientCertificate pem(Path certificate, Path key) {
        PrivateKey secret = PemKey.read(key);
        Certificate[] chain = TrustedCertificates.read(certificate).toArray(Certificate[]::new);
        if (!PemKey.belongs(secret, chain[0].getPublicKey())) {
            throw new MalformedContentException(
                    key + ": expected the key of the certificate in " + certificate + ", got another one");
        }
        char[] nothing = new char[0];
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", secret, nothing, chain);
            return new ClientCertificate(certificate, managers(store, nothing));
        } catch (GeneralSecurityException | IOException e) {
            throw new MalformedContentException(
                    certificate
                            + ": expected a certificate for clients with its key, got something that Java cannot use",
                    e);
        }
    }

    /**
     * A certificate and its key in a PKCS#12 file.
     *
     * @param file the file, often named {@code .p12} or {@code .pfx}
     * @param password its password
     * @return both
     * @throws dev.davit.oci.StorageException if the file cannot be read
     * @throws MalformedContentException if it is no such file, the password is wrong, or there is no key in it
     */
    public static ClientCertificate pkcs12(Path file, char[] password) {
        byte[] bytes = LocalFiles.read(file);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return new ClientCertificate(file, managers(store, password));
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new MalformedContentException(file + ": expected PKCS#12 and its password, got something else");
        }
        throw new MalformedContentException(file + ": expected a private key with its certificate, got none");
    }

    private static KeyManager[] managers(KeyStore store, char[] password) throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    KeyManager[] keys() {
        return keys.clone();
    }

    /** {@return where it is from} */
    @Override
    public String toString() {
        return "client certificate of " + source;
    }
}
