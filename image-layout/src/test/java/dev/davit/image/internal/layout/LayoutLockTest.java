package dev.davit.image.internal.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Index;
import dev.davit.oci.MediaType;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutLockTest {
    /** What locks are on a file system that does nothing about them. */
    private static final LayoutLock.Locking NONE = channel -> {};

    @TempDir
    Path folder;

    @Test
    void a_file_system_that_cannot_lock_is_an_error_that_says_what_to_do() {
        for (LayoutLock.Locking broken : List.<LayoutLock.Locking>of(
                channel -> {
                    throw new IOException("No locks available");
                },
                channel -> {
                    throw new UnsupportedOperationException("No locks available");
                })) {
            AtomicBoolean ran = new AtomicBoolean();
            assertThatThrownBy(() -> new LayoutLock(folder, broken).hold(check -> ran.getAndSet(true)))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("cannot lock " + folder.resolve("lock") + ": No locks available; keep layouts where"
                            + " files can be locked: on a local disk, or on NFS mounted with locks");
            assertThat(ran).isFalse();
        }
    }

    @Test
    void somebody_who_enters_although_the_lock_is_held_is_noticed_before_and_after_a_change() {
        LayoutLock lock = new LayoutLock(folder, NONE);

        assertThatThrownBy(() -> lock.hold(check -> {
                    check.run();
                    lock.<Object>hold(inner -> folder);
                    check.run();
                    throw new AssertionError("goes on");
                }))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("its file system does not lock");
        assertThatThrownBy(() -> lock.hold(check -> lock.<Object>hold(inner -> folder)))
                .isInstanceOf(StorageException.class);
        assertThat(lock.<Object>hold(check -> folder))
                .as("nothing has to be cleared")
                .isEqualTo(folder);
    }

    @Test
    void a_change_that_would_undo_that_of_somebody_else_is_not_made() throws IOException {
        LayoutLock lock = new LayoutLock(folder.resolve(".davit"), NONE);
        LayoutFiles files = new LayoutFiles(folder, BlobFolder.in(folder), lock, Optional.empty());
        files.create();

        assertThatThrownBy(() -> files.edit(index -> {
                    new LayoutFiles(folder, BlobFolder.in(folder), lock, Optional.empty())
                            .edit(other -> withName(other, "theirs"));
                    return withName(index, "mine");
                }))
                .isInstanceOf(StorageException.class);

        assertThat(LayoutIndex.names(files.index())).containsExactly("theirs");
    }

    @Test
    void what_a_tool_without_locks_writes_during_a_change_is_kept() throws IOException {
        LayoutFiles files = new LayoutFiles(folder, BlobFolder.in(folder));
        files.create();
        List<Integer> seen = new ArrayList<>();

        files.edit(index -> {
            if (seen.isEmpty()) {
                writeIndex(withName(index, "theirs"));
            }
            seen.add(index.manifests().size());
            return withName(index, "mine");
        });

        assertThat(seen).containsExactly(0, 1);
        assertThat(LayoutIndex.names(files.index())).containsExactly("mine", "theirs");
    }

    private void writeIndex(Index index) {
        try {
            Files.write(folder.resolve("index.json"), index.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two processes change one file as fast as they can, and nothing keeps them apart. */
    @Test
    void no_change_is_lost_silently_where_locks_do_nothing() throws Exception {
        LayoutFiles files = new LayoutFiles(folder, BlobFolder.in(folder));
        files.create();
        List<Process> processes = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        int failures = 0;
        try {
            for (String prefix : List.of("a", "b")) {
                processes.add(new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Unlocked.class.getName(),
                                folder.toString(),
                                prefix)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
            }
            for (Process process : processes) {
                String[] lines = new String(process.getInputStream().readAllBytes(), UTF_8).split("\n");
                assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(process.exitValue()).isZero();
                kept.addAll(Arrays.asList(lines).subList(0, lines.length - 1));
                failures += Integer.parseInt(lines[lines.length - 1]);
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        List<String> lost = new ArrayList<>(kept);
        lost.removeAll(LayoutIndex.names(files.index()));

        assertThat(failures).as("they met, and it was noticed").isPositive();
        assertThat(lost.size()).isLessThanOrEqualTo(failures);
    }

    /** A process without locks, which says which changes it believes to have made, and how many failed. */
    static final class Unlocked {
        private Unlocked() {}

        public static void main(String[] args) {
            Path folder = Path.of(args[0]);
            LayoutLock lock = new LayoutLock(folder.resolve(".davit"), NONE);
            LayoutFiles files = new LayoutFiles(folder, BlobFolder.in(folder), lock, Optional.empty());
            int failures = 0;
            for (int i = 0; i < 150; i++) {
                String name = args[1] + i;
                try {
                    files.edit(index -> withName(index, name));
                    System.out.println(name);
                } catch (StorageException e) {
                    failures++;
                }
            }
            System.out.println(failures);
        }
    }

    @Test
    void who_has_the_file_locked_by_another_path_in_this_process_is_waited_for() throws Exception {
        new LayoutLock(folder).<Object>hold(check -> folder);
        Thread other;
        AtomicBoolean entered = new AtomicBoolean();
        try (FileChannel channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.WRITE)) {
            channel.lock();
            assertThatThrownBy(channel::lock).isInstanceOf(OverlappingFileLockException.class);
            other = new Thread(() -> new LayoutLock(folder).hold(check -> entered.getAndSet(true)));
            other.start();
            Thread.sleep(100);
            assertThat(entered).isFalse();
        }
        other.join(10_000);
        assertThat(entered).isTrue();
    }

    @Test
    void a_thread_that_is_interrupted_does_not_wait() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> new LayoutLock(folder).<Object>hold(check -> folder))
                    .isInstanceOf(StorageException.class)
                    .hasMessageEndingWith("the thread was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void a_class_of_another_class_loader_has_the_same_lock() throws Exception {
        URL[] classes = {
            LayoutLock.class.getProtectionDomain().getCodeSource().getLocation(),
            Descriptor.class.getProtectionDomain().getCodeSource().getLocation()
        };
        try (URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Class<?> copy = loader.loadClass(LayoutLock.class.getName());
            assertThat(copy).isNotSameAs(LayoutLock.class);
            Object theirs = copy.getConstructor(Path.class).newInstance(folder);
            Function<Runnable, Object> action = check -> folder;
            AtomicBoolean entered = new AtomicBoolean();
            Thread other = new Thread(() -> {
                try {
                    copy.getMethod("hold", Function.class).invoke(theirs, action);
                    entered.set(true);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            });
            Set<Thread.State> waiting = Set.of(Thread.State.BLOCKED, Thread.State.TIMED_WAITING);
            new LayoutLock(folder).<Object>hold(check -> {
                other.start();
                while (other.isAlive() && !waiting.contains(other.getState())) {
                    Thread.onSpinWait();
                }
                assertThat(entered).isFalse();
                return folder;
            });
            other.join(10_000);
            assertThat(entered).isTrue();
        }
    }

    @Test
    void only_regular_files_in_a_directory_of_its_own_are_opened() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere);
        assertThatThrownBy(() -> new LayoutLock(link).<Object>hold(check -> folder))
                .isInstanceOf(StorageException.class);
        assertThat(elsewhere).isEmptyDirectory();

        for (String name : List.of("lock", "holder")) {
            Path own = Files.createDirectory(folder.resolve("with-" + name));
            Path file = own.resolve(name);
            Files.createSymbolicLink(file, elsewhere.resolve("made"));
            assertThatThrownBy(() -> new LayoutLock(own).<Object>hold(check -> folder))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("not a regular file");
            assertThat(elsewhere).isEmptyDirectory();

            Files.delete(file);
            assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                    .isZero();
            assertThatThrownBy(() -> new LayoutLock(own).<Object>hold(check -> folder))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("not a regular file");
        }
    }

    private static Index withName(Index index, String name) {
        byte[] content = name.getBytes(UTF_8);
        return index.toBuilder()
                .addManifest(Descriptor.of(MediaType.OCI_MANIFEST, content).toBuilder()
                        .annotation(Annotations.REF_NAME, name)
                        .build())
                .build();
    }
}
