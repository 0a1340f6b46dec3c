package dev.davit.it.cri;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.ExecResult;
import dev.davit.cri.ExecSpec;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.StreamTransport;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.testkit.ContainerdInstance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams of a containerd that serves them with TLS. */
@Timeout(60)
class TlsStreamsTest {
    private static final String PASSWORD = "password";

    @TempDir
    private Path work;

    @Test
    void a_command_runs_over_tls_if_the_server_is_trusted() throws Exception {
        Path programs = Parts.containerd("2.1");
        KeyStore keys = keys();
        try (ContainerdInstance node =
                ContainerdInstance.builder().programs(programs).start()) {
            node.kill();
            serveWithTls(node, keys);
            node.revive();
            try (RunningPod pod = node.client().pods().run(PodSpec.named("tls").hostNetwork());
                    TemporaryStore store = LocalStore.temporary()) {
                RunningContainer box =
                        pod.start(ContainerSpec.of("box", Busybox.build(store)).args("sleep 1000"));
                ExecSpec spec = ExecSpec.of("head", "-c", "3").stdin("in\n");
                assertThatThrownBy(() -> box.exec(spec))
                        .isInstanceOfSatisfying(
                                CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.UNAVAILABLE))
                        .hasMessageContaining("no TLS with https://127.0.0.1:")
                        .hasMessageContaining("PKIX path building failed")
                        .hasMessageContaining("streamTls sets what to trust");
                for (StreamTransport transport : StreamTransport.values()) {
                    try (CriClient client = CriClient.builder()
                            .endpoint(node.endpoint())
                            .streamTransport(transport)
                            .streamTls(trusting(keys))
                            .connect()) {
                        ExecSpec again = ExecSpec.of("head", "-c", "3").stdin("in\n");
                        assertThat(client.containers().exec(box.id(), again)).isEqualTo(new ExecResult("in\n", "", 0));
                    }
                }
            }
        }
    }

    private KeyStore keys() throws Exception {
        Path file = work.resolve("keys.p12");
        Command.at(
                        Path.of(System.getProperty("java.home"), "bin", "keytool"),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=streams",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString())
                .run();
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private void serveWithTls(ContainerdInstance node, KeyStore keys) throws Exception {
        Path key =
                pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
        Path certificate = pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
        Path socket = Path.of(node.endpoint().substring("unix://".length()));
        Files.writeString(
                socket.resolveSibling("config.toml"), """
                [plugins."io.containerd.grpc.v1.cri"]
                  enable_tls_streaming = true
                [plugins."io.containerd.grpc.v1.cri".x509_key_pair_streaming]
                  tls_cert_file = "%s"
                  tls_key_file = "%s"
                """.formatted(certificate, key), StandardOpenOption.APPEND);
    }

    private Path pem(String type, byte[] der) throws Exception {
        String text = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der) + "\n-----END " + type
                + "-----\n";
        return Files.writeString(work.resolve(type.toLowerCase(Locale.ROOT).replace(' ', '-') + ".pem"), text);
    }

    private static SSLContext trusting(KeyStore keys) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
