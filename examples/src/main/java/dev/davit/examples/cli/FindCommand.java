package dev.davit.examples.cli;

import dev.davit.image.ImageFileSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "find",
        description = {
            "Lists what matches a pattern, as davit ls does. A pattern without a slash is matched against names, any other against",
            "whole paths; * stands for any characters but slashes, ** for any, ? for one, {a,b} for either, [a-z] for one of them."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class FindCommand implements Callable<Integer> {
    @Mixin
    private BrowsedImage image;

    @Parameters(index = "1", paramLabel = "GLOB", description = "The pattern, such as *.jar or /etc/**.conf.")
    private String glob;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        image.show(fs -> {
            PathMatcher matcher = fs.getPathMatcher("glob:" + glob);
            boolean ofNames = glob.indexOf('/') < 0;
            try (Stream<Path> all = Files.walk(fs.getPath("/"))) {
                for (Path each : (Iterable<Path>) all::iterator) {
                    Path name = each.getFileName();
                    if (name != null && matcher.matches(ofNames ? name : each)) {
                        out.println(ImageFileSystem.entry(each));
                    }
                }
            }
        });
        return 0;
    }
}
