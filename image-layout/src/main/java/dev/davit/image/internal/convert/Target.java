package dev.davit.image.internal.convert;

import dev.davit.image.Compression;
import dev.davit.oci.MediaType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an image is to be stored.
 *
 * @param compression how layers are compressed; null as they are
 * @param level how hard
 * @param docker whether documents are Docker's; null for what they are
 */
public record Target(
        @Nullable Compression compression,
        int level,
        @Nullable Boolean docker) {
    public Target {
        if (compression == Compression.ZSTD && Boolean.TRUE.equals(docker)) {
            throw new IllegalArgumentException(
                    "compression of layers in Docker's format: expected gzip or none, got zstd");
        }
    }

    /** {@return the type that content of a type has to have} */
    MediaType type(MediaType type) {
        if (docker == null) {
            return type;
        }
        return docker ? type.toDocker() : type.toOci();
    }

    /** {@return how a layer has to be compressed anew, if it has to be} */
    Optional<Compression> anew(MediaType type) {
        if (type.isForeignLayer() || !type.isLayer()) {
            return Optional.empty();
        }
        Optional<Compression> now = compressionOf(type);
        if (now.isEmpty()) {
            return Optional.empty();
        }
        Compression wanted = compression;
        if (wanted == null && Boolean.TRUE.equals(docker) && now.get() == Compression.ZSTD) {
            wanted = Compression.GZIP;
        }
        return wanted == null || wanted == now.get() ? Optional.empty() : Optional.of(wanted);
    }

    /** {@return what the type says; empty for what Davit cannot decode} */
    private static Optional<Compression> compressionOf(MediaType type) {
        String name = type.layerCompression().orElse("none");
        return Arrays.stream(Compression.values())
                .filter(kind -> kind.name().toLowerCase(Locale.ROOT).equals(name))
                .findAny();
    }

    int levelOf(Compression wanted) {
        return wanted == compression ? level : wanted.defaultLevel();
    }
}
