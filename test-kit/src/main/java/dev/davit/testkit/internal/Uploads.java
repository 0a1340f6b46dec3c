package dev.davit.testkit.internal;

import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The uploads that have begun and not ended. They live as long as the registry. Thread-safe. */
final class Uploads {
    private final ContentFolder content;
    private final Map<String, Upload> open = new ConcurrentHashMap<>();

    Uploads(ContentFolder content) {
        this.content = content;
    }

    /** Begins an upload. */
    Upload begin(String repository) throws IOException {
        String id = UUID.randomUUID().toString();
        Upload upload = new Upload(id, repository, content.newUpload());
        open.put(id, upload);
        return upload;
    }

    /**
     * Returns the upload of this id.
     *
     * @throws ApiError if there is none in this repository
     */
    Upload get(String repository, String id) {
        Upload upload = open.get(id);
        if (upload == null || !upload.repository().equals(repository)) {
            throw unknown(id);
        }
        return upload;
    }

    void remove(Upload upload) {
        open.remove(upload.id());
    }

    static ApiError unknown(String id) {
        return ApiError.of(404, "BLOB_UPLOAD_UNKNOWN", "there is no upload " + Text.plain(id) + " any more");
    }
}
