package dev.davit.benchmarks.transfer;

import dev.davit.oci.Digest;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import javax.net.SocketFactory;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/** The loop that somebody in a hurry writes with OkHttp: no credentials, no retries, but the digests of all blobs. */
final class OkHttpLoop implements Client {
    private static final int BUFFER = 64 * 1024;
    private static final RequestBody NOTHING = RequestBody.create(new byte[0]);

    private final OkHttpClient client =
            new OkHttpClient.Builder().socketFactory(new NoDelay()).build();

    @Override
    public void pull(String repository, String tag, Path folder) throws Exception {
        String url = url(repository);
        byte[] manifest;
        try (Response response = call(new Request.Builder().url(url + "manifests/" + tag), 200)) {
            manifest = response.body().bytes();
        }
        Blobs.newLayout(folder);
        Blobs.each(manifest, blob -> pull(url, blob, folder));
        Blobs.finish(folder, manifest);
    }

    private void pull(String url, Digest blob, Path folder) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[BUFFER];
        try (Response response = call(new Request.Builder().url(url + "blobs/" + blob), 200);
                InputStream in = response.body().byteStream();
                FileChannel file = FileChannel.open(
                        Blobs.file(folder, blob), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int n = in.readNBytes(buffer, 0, BUFFER); n > 0; n = in.readNBytes(buffer, 0, BUFFER)) {
                digest.update(buffer, 0, n);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            }
        }
        require(digest, blob);
    }

    @Override
    public void push(Path layout, String repository, String tag) throws Exception {
        String url = url(repository);
        byte[] manifest = Blobs.manifest(layout);
        Blobs.each(manifest, blob -> {
            try (Response head = client.newCall(new Request.Builder()
                            .head()
                            .url(url + "blobs/" + blob)
                            .build())
                    .execute()) {
                if (head.code() == 200) {
                    return;
                }
            }
            String location;
            try (Response session = call(new Request.Builder().post(NOTHING).url(url + "blobs/uploads/"), 202)) {
                location = Objects.requireNonNull(
                                session.request().url().resolve(Objects.requireNonNull(session.header("Location"))))
                        .newBuilder()
                        .addQueryParameter("digest", blob.toString())
                        .build()
                        .toString();
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            call(new Request.Builder().url(location).put(new FileBody(Blobs.file(layout, blob), digest)), 201)
                    .close();
            require(digest, blob);
        });
        put(url, tag, manifest);
    }

    @Override
    public void copy(String from, String to, String tag) throws Exception {
        byte[] manifest;
        try (Response response = call(new Request.Builder().url(url(from) + "manifests/" + tag), 200)) {
            manifest = response.body().bytes();
        }
        String source = from.substring(from.indexOf('/') + 1);
        Blobs.each(
                manifest,
                blob -> call(
                                new Request.Builder()
                                        .post(NOTHING)
                                        .url(url(to) + "blobs/uploads/?mount=" + blob + "&from=" + source),
                                201)
                        .close());
        put(url(to), tag, manifest);
    }

    private void put(String url, String tag, byte[] manifest) throws IOException {
        RequestBody body = RequestBody.create(manifest, MediaType.get(Blobs.MANIFEST));
        call(new Request.Builder().url(url + "manifests/" + tag).put(body), 201).close();
    }

    private static String url(String repository) {
        return "http://" + repository.replaceFirst("/", "/v2/") + "/";
    }

    private Response call(Request.Builder request, int expected) throws IOException {
        Response response =
                client.newCall(request.header("Accept", Blobs.MANIFEST).build()).execute();
        if (response.code() != expected) {
            response.close();
            throw new IOException(response.request().url() + ": " + response.code());
        }
        return response;
    }

    private static void require(MessageDigest digest, Digest blob) throws IOException {
        if (!HexFormat.of().formatHex(digest.digest()).equals(blob.encoded())) {
            throw new IOException(blob + ": other bytes");
        }
    }

    private static final class FileBody extends RequestBody {
        private final Path file;
        private final MessageDigest digest;

        FileBody(Path file, MessageDigest digest) {
            this.file = file;
            this.digest = digest;
        }

        @Override
        public MediaType contentType() {
            return MediaType.get("application/octet-stream");
        }

        @Override
        public long contentLength() throws IOException {
            return Files.size(file);
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            byte[] buffer = new byte[BUFFER];
            try (InputStream in = new FileInputStream(file.toFile())) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    digest.update(buffer, 0, n);
                    sink.write(buffer, 0, n);
                }
            }
        }
    }

    /** Without this, small uploads wait for acknowledgements, and the comparison would flatter whoever knows it. */
    private static final class NoDelay extends SocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            Socket socket = new Socket();
            socket.setTcpNoDelay(true);
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }
    }
}
