package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.RawTar;
import dev.davit.image.UnpackReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One hostile or odd image, and what has to come of it: an error whose message has some text, or a folder. Whichever it
 * is, nothing outside the folder may have changed.
 *
 * <p>The root is {@code …/root}. Beside it is {@code …/outside} with a file {@code canary} and a directory {@code dir}.
 */
record Evil(String name, Function<Path, List<byte[]>> layers, String refusal, Check check) {
    /** Looks at what was unpacked. */
    interface Check {
        void look(Path root, UnpackReport report) throws IOException;
    }

    /** Several cases on one matter. */
    static final class Cases {
        private final List<Evil> all = new ArrayList<>();

        /** The image has one layer, and must be refused with this text in the message. */
        Cases refused(String name, RawTar layer, String message) {
            return refused(name, outside -> List.of(layer.bytes()), message);
        }

        Cases refused(String name, Function<Path, List<byte[]>> layers, String message) {
            all.add(new Evil(
                    name, layers, message, (root, report) -> assertThat(root).doesNotExist()));
            return this;
        }

        /** The image has one layer, and must be unpacked. */
        Cases unpacked(String name, RawTar layer, Check check) {
            return unpacked(name, outside -> List.of(layer.bytes()), check);
        }

        Cases unpacked(String name, Function<Path, List<byte[]>> layers, Check check) {
            all.add(new Evil(name, layers, "", check));
            return this;
        }

        List<Evil> all() {
            return all;
        }
    }

    static List<byte[]> layers(RawTar... layers) {
        return List.of(layers).stream().map(RawTar::bytes).toList();
    }

    boolean isRefused() {
        return !refusal.isEmpty();
    }

    @Override
    public String toString() {
        return name;
    }
}
