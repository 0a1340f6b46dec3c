package dev.davit.testkit.internal;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MediaType;
import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.ReferrerIndex;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The lists of a registry: tags, repositories, referrers; page by page. */
final class ListEndpoint {
    private static final int MAX_REFERRERS = 1000;

    private final ContentFolder content;
    private final Repositories repositories;

    ListEndpoint(ContentFolder content, Repositories repositories) {
        this.content = content;
        this.repositories = repositories;
    }

    Response tags(Request request, Route route) {
        String repository = route.repository();
        List<String> all = repositories.tags(repository).orElseThrow(() -> ApiError.nameUnknown(repository));
        Page page = page(request, all, all.size());
        JsonMembers.Builder body = JsonMembers.builder(List.of("name", "tags"));
        body.put("name", repository);
        body.putStringArray("tags", page.items());
        return page.link(request, json(body));
    }

    Response catalog(Request request) {
        List<String> all = repositories.names();
        Page page = page(request, all, all.size());
        JsonMembers.Builder body = JsonMembers.builder(List.of());
        body.putStringArray("repositories", page.items());
        return page.link(request, json(body));
    }

    /** A subject that nobody refers to, known or not, has an empty list (distribution-spec, "Listing Referrers"). */
    Response referrers(Request request, Route route) throws IOException {
        List<Descriptor> referrers = new ArrayList<>();
        String type = request.parameter("artifactType").orElse(null);
        for (StoredManifest manifest : repositories.referrers(route.repository(), route.digest())) {
            Document document = Document.parse(manifest.mediaType(), content.read(manifest.digest()));
            Descriptor referrer = ReferrerIndex.describe(document, manifest.digest());
            if (type == null || type.equals(referrer.artifactType().orElse(null))) {
                referrers.add(referrer);
            }
        }
        List<String> digests =
                referrers.stream().map(r -> r.digest().toString()).toList();
        Page page = page(request, digests, MAX_REFERRERS);
        Index index = Index.builder()
                .manifests(referrers.stream()
                        .filter(r -> page.items().contains(r.digest().toString()))
                        .toList())
                .build();
        Response response = Response.of(200).with(MediaType.OCI_INDEX.value(), index.toBytes());
        return page.link(request, type == null ? response : response.with("OCI-Filters-Applied", "artifactType"));
    }

    private static Response json(JsonMembers.Builder body) {
        return Response.of(200).with("application/json", body.build().toBytes());
    }

    /** Cuts the page that {@code n} and {@code last} ask for out of a sorted list. */
    private static Page page(Request request, List<String> sorted, int usualSize) {
        String n = request.parameter("n").orElse(Integer.toString(usualSize));
        if (!n.matches("[0-9]{1,9}")) {
            throw ApiError.of(400, "PAGINATION_NUMBER_INVALID", "n is not a number of entries");
        }
        int size = Integer.parseInt(n);
        String last = request.parameter("last").orElse("");
        List<String> rest =
                sorted.stream().filter(item -> item.compareTo(last) > 0).toList();
        boolean more = size > 0 && rest.size() > size;
        return new Page(rest.subList(0, Math.min(size, rest.size())), more, size);
    }

    private record Page(List<String> items, boolean more, int size) {
        /** Adds the way to the next page, if there is one. */
        Response link(Request request, Response response) {
            if (!more) {
                return response;
            }
            StringBuilder next = new StringBuilder(request.path())
                    .append("?n=")
                    .append(size)
                    .append("&last=")
                    .append(URLEncoder.encode(items.get(items.size() - 1), StandardCharsets.UTF_8));
            request.parameter("artifactType")
                    .ifPresent(type ->
                            next.append("&artifactType=").append(URLEncoder.encode(type, StandardCharsets.UTF_8)));
            return response.with("Link", "<" + next + ">; rel=\"next\"");
        }
    }
}
