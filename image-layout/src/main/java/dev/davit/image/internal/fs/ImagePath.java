package dev.davit.image.internal.fs;

import dev.davit.image.internal.Names;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A path in an image: names with slashes between them, which mean what they mean on Linux. A byte of a name that is not
 * UTF-8 is the lone surrogate U+DC00 + byte. Immutable.
 */
final class ImagePath implements Path {
    private final ImageFs fs;
    private final boolean absolute;
    private final List<String> names;

    /**
     * Makes a path.
     *
     * @param names its elements, none of them empty; none at all for the root and for the empty path
     */
    ImagePath(ImageFs fs, boolean absolute, List<String> names) {
        this.fs = fs;
        this.absolute = absolute;
        this.names = names;
    }

    static ImagePath parse(ImageFs fs, String text) {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new InvalidPathException(text, "a name in an image has no NUL", nul);
        }
        return new ImagePath(fs, text.startsWith("/"), split(text));
    }

    /** {@return the elements of a path or of a link's target} */
    static List<String> split(String text) {
        return Arrays.stream(text.split("/")).filter(name -> !name.isEmpty()).toList();
    }

    List<String> names() {
        return names;
    }

    @Override
    public ImageFs getFileSystem() {
        return fs;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable ImagePath getRoot() {
        return absolute ? new ImagePath(fs, true, List.of()) : null;
    }

    @Override
    public @Nullable ImagePath getFileName() {
        if (names.isEmpty()) {
            return absolute ? null : this;
        }
        return relative(names.subList(names.size() - 1, names.size()));
    }

    @Override
    public @Nullable ImagePath getParent() {
        if (names.isEmpty() || (names.size() == 1 && !absolute)) {
            return null;
        }
        return new ImagePath(fs, absolute, names.subList(0, names.size() - 1));
    }

    /** The empty path has one name, which is empty. */
    @Override
    public int getNameCount() {
        return names.isEmpty() && !absolute ? 1 : names.size();
    }

    @Override
    public ImagePath getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public ImagePath subpath(int from, int to) {
        if (from < 0 || to > getNameCount() || from >= to) {
            throw new IllegalArgumentException("subpath of \"" + this + "\": expected a part of its " + getNameCount()
                    + " names, got " + from + " to " + to);
        }
        return names.isEmpty() ? this : relative(names.subList(from, to));
    }

    private ImagePath relative(List<String> some) {
        return new ImagePath(fs, false, some);
    }

    @Override
    public boolean startsWith(Path other) {
        return other instanceof ImagePath o
                && o.fs == fs
                && o.absolute == absolute
                && (isEmpty() == o.isEmpty())
                && o.names.size() <= names.size()
                && names.subList(0, o.names.size()).equals(o.names);
    }

    @Override
    public boolean endsWith(Path other) {
        if (!(other instanceof ImagePath o) || o.fs != fs || isEmpty() != o.isEmpty()) {
            return false;
        }
        int from = names.size() - o.names.size();
        return o.absolute
                ? absolute && names.equals(o.names)
                : from >= 0
                        && !(o.names.isEmpty() && absolute)
                        && names.subList(from, names.size()).equals(o.names);
    }

    private boolean isEmpty() {
        return names.isEmpty() && !absolute;
    }

    @Override
    public ImagePath normalize() {
        List<String> kept = new ArrayList<>();
        for (String name : names) {
            boolean up = name.equals("..");
            if (up && !kept.isEmpty() && !kept.get(kept.size() - 1).equals("..")) {
                kept.remove(kept.size() - 1);
            } else if (!name.equals(".") && !(up && absolute)) {
                kept.add(name);
            }
        }
        return new ImagePath(fs, absolute, List.copyOf(kept));
    }

    @Override
    public ImagePath resolve(Path other) {
        ImagePath o = of(other);
        if (o.absolute || isEmpty()) {
            return o;
        }
        if (o.names.isEmpty()) {
            return this;
        }
        List<String> all = new ArrayList<>(names.size() + o.names.size());
        all.addAll(names);
        all.addAll(o.names);
        return new ImagePath(fs, absolute, List.copyOf(all));
    }

    /** {@return the path of something in this directory} */
    ImagePath child(String name) {
        List<String> all = new ArrayList<>(names.size() + 1);
        all.addAll(names);
        all.add(name);
        return new ImagePath(fs, absolute, all);
    }

    @Override
    public ImagePath relativize(Path other) {
        ImagePath o = of(other);
        if (o.absolute != absolute) {
            throw new IllegalArgumentException(
                    "relativize: expected two absolute or two relative paths, got \"" + this + "\" and \"" + o + "\"");
        }
        int common = 0;
        while (common < Math.min(names.size(), o.names.size())
                && names.get(common).equals(o.names.get(common))) {
            common++;
        }
        List<String> all = new ArrayList<>();
        for (String name : names.subList(common, names.size())) {
            if (name.equals("..")) {
                throw new IllegalArgumentException(
                        "relativize: nobody knows what the \"..\" of \"" + this + "\" leads away from");
            }
            all.add("..");
        }
        all.addAll(o.names.subList(common, o.names.size()));
        return relative(List.copyOf(all));
    }

    private ImagePath of(Path other) {
        if (other instanceof ImagePath o && o.fs == fs) {
            return o;
        }
        Objects.requireNonNull(other);
        throw new ProviderMismatchException(
                "expected a path of " + fs + ", got " + other + " of " + other.getFileSystem());
    }

    @Override
    public URI toUri() {
        return fs.uri().of(toAbsolutePath().toString());
    }

    @Override
    public ImagePath toAbsolutePath() {
        return absolute ? this : new ImagePath(fs, true, names);
    }

    @Override
    public ImagePath toRealPath(LinkOption... options) throws IOException {
        return fs.resolve(this, Follow.of(options)).path();
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException("an image never changes");
    }

    @Override
    public int compareTo(Path other) {
        return Names.compare(toString(), of(other).toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ImagePath o && o.fs == fs && o.absolute == absolute && o.names.equals(names);
    }

    @Override
    public int hashCode() {
        return Objects.hash(absolute, names);
    }

    @Override
    public String toString() {
        return (absolute ? "/" : "") + String.join("/", names);
    }
}
