package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates are believed.
 *
 * @param manager decides
 */
record TrustedCertificates(X509TrustManager manager) {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    /** {@return what the platform trusts, and the certificates in some PEM files as well} */
    static TrustedCertificates platformAnd(List<Path> files) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            List<Certificate> roots = new ArrayList<>(List.of(managerOf(null).getAcceptedIssuers()));
            for (Path file : files) {
                roots.addAll(read(file));
            }
            for (int i = 0; i < roots.size(); i++) {
                store.setCertificateEntry("ca-" + i, roots.get(i));
            }
            return new TrustedCertificates(managerOf(store));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform has a key store in memory", e);
        }
    }

    /** {@return no check at all} */
    static TrustedCertificates all() {
        return new TrustedCertificates(new TrustAll());
    }

    /**
     * Makes the TLS of a client.
     *
     * @param client who it is, or null
     */
    SSLSocketFactory socketFactory(@Nullable ClientCertificate client) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(client == null ? null : client.keys(), new TrustManager[] {manager}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** {@return the certificates in a PEM file, of which there is one at least} */
    static Collection<? extends Certificate> read(Path file) {
        try {
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificatesOf(LocalFiles.read(file))));
            if (certificates.isEmpty()) {
                throw new CertificateException("there is none");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new MalformedContentException(file + ": expected X.509 certificates in PEM, got none");
        }
    }

    /** Without what else is in the file: text between them, or a key behind them. */
    private static byte[] certificatesOf(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        String blocks = BLOCK.matcher(text).results().map(MatchResult::group).collect(Collectors.joining("\n"));
        return blocks.isEmpty() ? file : blocks.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static X509TrustManager managerOf(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("no X.509 trust manager");
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
