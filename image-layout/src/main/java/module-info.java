import org.jspecify.annotations.NullMarked;

/** Image layouts and archives on disk: building, reading, converting and unpacking images. */
@NullMarked
module dev.davit.image {
    requires static transitive org.jspecify;
    requires transitive dev.davit.oci;
    requires static com.github.luben.zstd_jni;

    exports dev.davit.image;

    provides java.nio.file.spi.FileSystemProvider with
            dev.davit.image.internal.fs.ImageFsProvider;
}
