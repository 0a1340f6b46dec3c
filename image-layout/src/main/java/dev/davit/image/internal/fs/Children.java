package dev.davit.image.internal.fs;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What is in a directory, sorted. For one thread. */
final class Children implements DirectoryStream<Path> {
    private final ImagePath directory;
    private final Iterator<String> names;
    private final Filter<? super Path> filter;
    private boolean started;
    private boolean closed;

    Children(ImagePath directory, Collection<String> names, Filter<? super Path> filter) {
        this.directory = directory;
        this.names = names.stream().sorted().iterator();
        this.filter = filter;
    }

    @Override
    public Iterator<Path> iterator() {
        if (started || closed) {
            throw new IllegalStateException("a stream of a directory has one iterator, before it is closed");
        }
        started = true;
        return new Iterator<>() {
            private @Nullable Path next = advance();

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Path next() {
                Path current = next;
                if (current == null) {
                    throw new NoSuchElementException();
                }
                next = advance();
                return current;
            }
        };
    }

    private @Nullable Path advance() {
        try {
            while (!closed && names.hasNext()) {
                Path child = directory.child(names.next());
                if (filter.accept(child)) {
                    return child;
                }
            }
            return null;
        } catch (IOException e) {
            throw new DirectoryIteratorException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
