package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Digest;
import dev.davit.oci.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** The calls of the distribution specification, each as one request of the JDK's own client. */
final class RegistryCalls {
    static final String MANIFEST = MediaType.OCI_MANIFEST.value();
    static final String INDEX = MediaType.OCI_INDEX.value();

    private final HttpClient client;
    private final URI registry;

    RegistryCalls(EmbeddedRegistry registry) {
        this(registry, HttpClient.newHttpClient());
    }

    RegistryCalls(EmbeddedRegistry registry, HttpClient client) {
        this.registry = registry.uri();
        this.client = client;
    }

    /** An answer with its body as bytes and as text. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        byte[] bytes() {
            return response.body();
        }

        String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        Answer hasStatus(int status) {
            assertThat(status()).as(text()).isEqualTo(status);
            return this;
        }

        /** Checks that it is an error of the form that the specification gives. */
        Answer isError(int status, String code) {
            hasStatus(status);
            assertThat(header("Content-Type")).isEqualTo("application/json");
            assertThat(text()).startsWith("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"");
            return this;
        }
    }

    /** Sends a request; headers come in pairs of name and value. */
    Answer call(String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(registry + path)); // resolve() would tidy up
        request.method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return new Answer(client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Answer get(String path, String... headers) {
        return call("GET", path, new byte[0], headers);
    }

    Answer head(String path) {
        return call("HEAD", path, new byte[0]);
    }

    Answer delete(String path, String... headers) {
        return call("DELETE", path, new byte[0], headers);
    }

    Answer post(String path) {
        return call("POST", path, new byte[0]);
    }

    /** Begins an upload and returns where it goes on. */
    String beginUpload(String repository) {
        return post("/v2/" + repository + "/blobs/uploads/").hasStatus(202).header("Location");
    }

    /** Pushes a blob in the two usual steps and returns its digest. */
    Digest pushBlob(String repository, byte[] content) {
        Digest digest = Digest.sha256(content);
        call("PUT", beginUpload(repository) + "?digest=" + digest, content).hasStatus(201);
        return digest;
    }

    Digest pushBlob(String repository, String content) {
        return pushBlob(repository, content.getBytes(StandardCharsets.UTF_8));
    }

    Answer putManifest(String repository, String reference, String contentType, String manifest) {
        return call(
                "PUT",
                "/v2/" + repository + "/manifests/" + reference,
                manifest.getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                contentType);
    }

    /** Pushes a manifest with config and one layer of its own, and returns its text. */
    String pushImage(String repository, String tag) {
        String manifest = imageManifest(repository, "layer of " + tag, "");
        putManifest(repository, tag, MANIFEST, manifest).hasStatus(201);
        return manifest;
    }

    /** Pushes the blobs of a manifest and returns its text; {@code more} are further members, each after a comma. */
    String imageManifest(String repository, String layer, String more) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                + descriptor(MediaType.OCI_CONFIG, repository, "{}") + ",\"layers\":["
                + descriptor(MediaType.OCI_LAYER, repository, layer) + "]" + more + "}";
    }

    private String descriptor(MediaType mediaType, String repository, String content) {
        return descriptorOf(mediaType.value(), pushBlob(repository, content), content.length());
    }

    static String descriptorOf(String mediaType, Digest digest, long size) {
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
    }

    static Digest digestOf(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
    }
}
