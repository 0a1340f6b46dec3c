package dev.davit.examples.cli;

import dev.davit.oci.DavitException;
import dev.davit.oci.Platform;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit code 0 means done, 1 that something went wrong (one line on standard error says what), 2 that
 * the command line was not understood; {@code davit cri run} ends with the container's own code.
 */
@Command(
        name = "davit",
        description = "Builds, copies, inspects, unpacks and runs container images, without Docker.",
        footer = {
            "",
            "A PLACE is one of:",
            "  docker://REFERENCE               an image in a registry",
            "  oci:DIR[:NAME]                   an OCI image layout",
            "  oci-archive:FILE[:NAME]          the same in a tar file",
            "  docker-archive:FILE[:REFERENCE]  what docker save writes and docker load reads",
            "FILE may be - for standard input or output."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            VersionCommand.class,
            CopyCommand.class,
            ConvertCommand.class,
            InspectCommand.class,
            PlatformsCommand.class,
            ValidateCommand.class,
            UnpackCommand.class,
            LsCommand.class,
            CatCommand.class,
            FindCommand.class,
            DiffCommand.class,
            BuildCommand.class,
            LayerCommand.class,
            TagsCommand.class,
            ReposCommand.class,
            ReferrersCommand.class,
            AttachCommand.class,
            DeleteCommand.class,
            MirrorCommand.class,
            LoginCommand.class,
            LogoutCommand.class,
            GcCommand.class,
            FsckCommand.class,
            CriCommand.class,
            CompletionCommand.class
        })
public final class Davit implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    boolean help;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Prints the stack trace of a failure.")
    boolean debug;

    @Spec
    @Nullable
    CommandSpec spec;

    /** Runs the command line and ends the JVM with its exit code. */
    public static void main(String[] args) {
        Charset charset = Charset.defaultCharset();
        System.exit(run(args, new PrintWriter(System.out, true, charset), new PrintWriter(System.err, true, charset)));
    }

    /**
     * Runs the command line.
     *
     * @param args the arguments
     * @param out standard output
     * @param err standard error
     * @return the exit code
     */
    public static int run(String[] args, PrintWriter out, PrintWriter err) {
        Davit davit = new Davit();
        return new CommandLine(davit)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err)
                .registerConverter(Place.class, text -> converted(text, Place::parse))
                .registerConverter(Platform.class, text -> converted(text, Platform::parse))
                .setExecutionExceptionHandler((e, line, parsed) -> failed(davit, e, line))
                .execute(args);
    }

    /** Makes the message of a value that cannot be parsed the message of the usage error. */
    private static <T> T converted(String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException | DavitException e) {
            throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static int failed(Davit davit, Exception e, CommandLine line) throws Exception {
        if (davit.debug) {
            throw e;
        }
        boolean expected = e instanceof DavitException
                || e instanceof IllegalArgumentException
                || e instanceof java.io.IOException;
        line.getErr().println("davit: " + (expected ? String.valueOf(e.getMessage()) : "internal error: " + e));
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), "Missing command");
    }
}
