package dev.davit.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "cat", description = "Writes the content of files in an image to standard output.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CatCommand implements Callable<Integer> {
    @Mixin
    private BrowsedImage image;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH", description = "Paths in the image.")
    private List<String> paths;

    @Override
    public Integer call() throws IOException {
        image.show(fs -> {
            for (String path : paths) {
                Files.copy(fs.getPath(path), System.out);
            }
            System.out.flush();
        });
        return 0;
    }
}
