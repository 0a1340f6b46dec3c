package dev.davit.benchmarks.transfer;

import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.image.json.OciManifestTemplate;
import com.google.cloud.tools.jib.json.JsonTemplateMapper;
import com.google.cloud.tools.jib.registry.RegistryClient;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** jib-core's client as its own steps use it. It gives no manifest as it came, so pulled ones are written anew. */
final class Jib implements Client {
    private final FailoverHttpClient http = new FailoverHttpClient(true, true, event -> {});
    private final Map<String, RegistryClient> clients = new ConcurrentHashMap<>();

    private RegistryClient client(String repository) {
        return clients.computeIfAbsent(repository, name -> {
            String host = name.substring(0, name.indexOf('/'));
            return RegistryClient.factory(EventHandlers.NONE, host, name.substring(host.length() + 1), http)
                    .newRegistryClient();
        });
    }

    @Override
    public void pull(String repository, String tag, Path folder) throws Exception {
        RegistryClient client = client(repository);
        OciManifestTemplate template =
                (OciManifestTemplate) client.pullManifest(tag).getManifest();
        byte[] manifest = JsonTemplateMapper.toByteArray(template);
        Blobs.newLayout(folder);
        Blobs.each(manifest, blob -> {
            Path file = Blobs.file(folder, blob);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                client.pullBlob(DescriptorDigest.fromDigest(blob.toString()), size -> {}, bytes -> {})
                        .writeTo(out);
            }
        });
        Blobs.finish(folder, manifest);
    }

    @Override
    public void push(Path layout, String repository, String tag) throws Exception {
        RegistryClient client = client(repository);
        byte[] manifest = Blobs.manifest(layout);
        Blobs.each(manifest, blob -> {
            DescriptorDigest digest = DescriptorDigest.fromDigest(blob.toString());
            if (client.checkBlob(digest).isEmpty()) {
                Path file = Blobs.file(layout, blob);
                client.pushBlob(digest, com.google.cloud.tools.jib.blob.Blobs.from(file), null, bytes -> {});
            }
        });
        client.pushManifest(
                JsonTemplateMapper.readJson(new java.io.ByteArrayInputStream(manifest), OciManifestTemplate.class),
                tag);
    }

    @Override
    public void copy(String from, String to, String tag) {
        throw new UnsupportedOperationException("jib-core copies no images");
    }
}
