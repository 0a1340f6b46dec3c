package dev.davit.image.internal.archive;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * One image in the {@code manifest.json} of an archive that {@code docker save} writes. There is no specification.
 *
 * @param config name of the file with the configuration
 * @param repoTags the references of the image
 * @param layers names of the files with the layers, lowest first
 */
record DockerManifest(String config, List<String> repoTags, List<String> layers) {
    private static final List<String> ORDER = List.of("Config", "RepoTags", "Layers");

    static List<DockerManifest> parse(String where, byte[] bytes) {
        return JsonReader.parse(where, bytes, in -> in.array(() -> read(in)));
    }

    private static DockerManifest read(JsonReader in) {
        String[] config = {""};
        List<String> tags = new ArrayList<>();
        List<String> layers = new ArrayList<>();
        in.object(ORDER, name -> {
            switch (name) {
                case "Config" -> config[0] = in.string();
                case "RepoTags" -> tags.addAll(in.strings());
                case "Layers" -> layers.addAll(in.strings());
                default -> in.skip();
            }
        });
        if (config[0].isEmpty()) {
            throw in.violation("an image with Config", "one without");
        }
        return new DockerManifest(config[0], List.copyOf(tags), List.copyOf(layers));
    }

    /** {@return the {@code manifest.json} of some images} */
    static byte[] write(List<DockerManifest> images) {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        char before = '[';
        for (DockerManifest image : images) {
            JsonMembers.Builder members = JsonMembers.builder(ORDER);
            members.put("Config", image.config());
            members.putStringArray("RepoTags", image.repoTags());
            members.putStringArray("Layers", image.layers());
            array.write(before);
            array.writeBytes(members.build().toBytes());
            before = ',';
        }
        if (images.isEmpty()) {
            array.write('[');
        }
        array.write(']');
        return array.toByteArray();
    }
}
