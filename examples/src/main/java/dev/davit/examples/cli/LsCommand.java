package dev.davit.examples.cli;

import dev.davit.image.ImageFileSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "ls",
        description = {
            "Lists what is in a directory of an image: type and permissions, owner, size or device numbers, time, path, target",
            "of a link, names of extended attributes."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LsCommand implements Callable<Integer> {
    @Mixin
    private BrowsedImage image;

    @Parameters(index = "1", arity = "0..1", paramLabel = "PATH", description = "A path in the image (default: /).")
    private String path = "/";

    @Option(
            names = {"-R", "--recursive"},
            description = "Lists what is below the directories, too.")
    private boolean recursive;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        image.show(fs -> {
            Path start = fs.getPath(path);
            if (!Files.isDirectory(start)) {
                line(start);
                return;
            }
            try (Stream<Path> all = recursive ? Files.walk(start) : Files.list(start)) {
                for (Path each : (Iterable<Path>) all.filter(p -> !p.equals(start))::iterator) {
                    line(each);
                }
            }
        });
        return 0;
    }

    private void line(Path each) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println(ImageFileSystem.entry(each));
    }
}
