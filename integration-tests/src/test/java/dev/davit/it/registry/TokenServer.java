package dev.davit.it.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * A token server as docker-registry wants one: tokens are JWT, signed by a key whose certificate comes along. Lets in the
 * user of {@link DockerRegistry}, by password or by the identity token {@link #IDENTITY}; others may only read.
 */
final class TokenServer implements AutoCloseable {
    static final String IDENTITY = "an identity & a token";
    private static final String ISSUER = "davit-test";
    private static final String SERVICE = "davit registry";

    private final HttpServer server;
    private final Path certificate;
    private final PrivateKey key;
    private final boolean elliptic;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private TokenServer(TestAuthority authority, String name, boolean elliptic)
            throws IOException, GeneralSecurityException {
        this.certificate = authority.path(name + ".crt");
        this.elliptic = elliptic;
        byte[] der = pem(Files.readString(authority.path(name + ".key")));
        this.key = KeyFactory.getInstance(elliptic ? "EC" : "RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/token", this::answer);
        server.start();
    }

    /** Starts it, signing with an EC key or else an RSA key. */
    static TokenServer start(TestAuthority authority, boolean elliptic) throws IOException, GeneralSecurityException {
        authority.sign("tokens", elliptic ? "ec:prime256v1" : "rsa:2048");
        return new TokenServer(authority, "tokens", elliptic);
    }

    private static byte[] pem(String text) {
        return Base64.getMimeDecoder().decode(text.replaceAll("-----[^-]+-----", ""));
    }

    /** {@return lines for the configuration of docker-registry} */
    String yaml(TestAuthority authority) {
        return "auth:\n  token:\n    realm: http://localhost:"
                + server.getAddress().getPort() + "/token\n    service: " + SERVICE + "\n    issuer: " + ISSUER
                + "\n    rootcertbundle: " + authority.certificate() + "\n";
    }

    /** {@return how it was asked: the method, the user, and for which scopes} */
    List<String> asked() {
        return asked;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String query = exchange.getRequestMethod().equals("POST")
                    ? new String(exchange.getRequestBody().readNBytes(65_536), UTF_8)
                    : exchange.getRequestURI().getRawQuery();
            List<String> scopes = values(query, "scope").stream()
                    .flatMap(scope -> List.of(scope.split(" ")).stream())
                    .filter(scope -> !scope.isEmpty())
                    .toList();
            String header = exchange.getRequestHeaders().getFirst("Authorization");
            String basic = Base64.getEncoder()
                    .encodeToString((DockerRegistry.USER + ":" + DockerRegistry.PASSWORD).getBytes(UTF_8));
            boolean known = ("Basic " + basic).equals(header)
                    || values(query, "refresh_token").equals(List.of(IDENTITY));
            asked.add(exchange.getRequestMethod() + (known ? " alice " : " nobody ") + String.join(" ", scopes));
            boolean right =
                    known || (header == null && values(query, "refresh_token").isEmpty());
            byte[] body = right
                    ? ("{\"token\":\"" + token(known, scopes) + "\",\"expires_in\":60}").getBytes(UTF_8)
                    : "{}".getBytes(UTF_8);
            exchange.sendResponseHeaders(right ? 200 : 401, body.length);
            exchange.getResponseBody().write(body);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static List<String> values(String query, String name) {
        List<String> values = new ArrayList<>();
        for (String field : query.split("&", -1)) {
            if (field.startsWith(name + "=")) {
                values.add(URLDecoder.decode(field.substring(name.length() + 1), UTF_8));
            }
        }
        return values;
    }

    private String token(boolean known, List<String> scopes) throws GeneralSecurityException, IOException {
        byte[] chain = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)))
                .getEncoded();
        String header = "{\"typ\":\"JWT\",\"alg\":\"" + (elliptic ? "ES256" : "RS256") + "\",\"x5c\":[\""
                + Base64.getEncoder().encodeToString(chain) + "\"]}";
        String access = scopes.stream()
                .map(scope -> scope.split(":"))
                .map(parts -> "{\"type\":\"" + parts[0] + "\",\"name\":\"" + parts[1] + "\",\"actions\":["
                        + List.of(parts[2].split(",")).stream()
                                .filter(action -> known || action.equals("pull"))
                                .map(action -> '"' + action + '"')
                                .collect(Collectors.joining(","))
                        + "]}")
                .collect(Collectors.joining(","));
        long now = Instant.now().getEpochSecond();
        String claims = "{\"iss\":\"" + ISSUER + "\",\"sub\":\"" + (known ? DockerRegistry.USER : "") + "\",\"aud\":\""
                + SERVICE + "\",\"exp\":" + (now + 60) + ",\"nbf\":" + (now - 5) + ",\"iat\":" + now + ",\"jti\":\""
                + now
                + "\",\"access\":[" + access + "]}";
        String signed = url(header.getBytes(UTF_8)) + '.' + url(claims.getBytes(UTF_8));
        Signature signature = Signature.getInstance(elliptic ? "SHA256withECDSAinP1363Format" : "SHA256withRSA");
        signature.initSign(key);
        signature.update(signed.getBytes(UTF_8));
        return signed + '.' + url(signature.sign());
    }

    private static String url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
