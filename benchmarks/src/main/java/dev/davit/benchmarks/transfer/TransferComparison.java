package dev.davit.benchmarks.transfer;

import dev.davit.benchmarks.Results;
import dev.davit.benchmarks.Shell;
import dev.davit.benchmarks.transfer.Server.Load;
import dev.davit.benchmarks.transfer.Server.Mark;
import dev.davit.benchmarks.transfer.Subject.Cost;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Pulls, pushes and copies images by Davit and by others in turn, again and again, and compares each with the Davit of its own
 * round. Clients that are written in Java have a JVM of their own, which has been warm since first rounds that do not count: one for
 * large images, five for small ones; skopeo is a process for each image. Images are pulled from a server of files; they are pushed to, and copied in, a
 * docker-registry. After the last of these rounds, all that was moved is verified.
 *
 * <p>Arguments: a folder on the file system to be used, how many rounds count, a file for all results as JSON; then, each
 * optional, operations, images and clients, separated by commas. System properties: {@code skopeo} and {@code docker-registry}
 * are programs to be used instead of those on the path, {@code corpora} is a folder with {@code *.tar.gz} for the layers of the
 * image {@code real}, {@code limit} is how much the server of files sends over one connection in a second, such as {@code 50m}.
 * The client {@code davit-4} fetches each large blob over four connections.
 */
public final class TransferComparison {
    private static final String DAVIT = "davit";

    private final PrintStream out = System.out;
    private final Path work;
    private final int rounds;
    private final Map<String, Subject> subjects = new LinkedHashMap<>();
    private final Results results = new Results();
    private int copies;

    private TransferComparison(Path work, int rounds) {
        this.work = work;
        this.rounds = rounds;
    }

    private record Run(Cost cost, Load load) {}

    /** Compares. */
    public static void main(String[] args) throws Exception {
        Path work = Path.of(args[0]).toAbsolutePath();
        List<String> operations = list(args, 3, "pull,push,copy");
        List<String> images = list(args, 4, "big,real,small");
        List<String> clients = list(args, 5, "davit,okhttp,jib,oras,skopeo");
        Files.createDirectories(work);
        TransferComparison comparison = new TransferComparison(work, Integer.parseInt(args[1]));
        try {
            for (String client : clients) {
                comparison.subjects.put(
                        client,
                        client.equals("skopeo")
                                ? new Subject.Skopeo(Path.of(System.getProperty("skopeo", "/usr/bin/skopeo")), work)
                                : new Subject.Jvm(client, work.resolve(client + ".log")));
            }
            comparison.compare(operations, images);
        } finally {
            comparison.subjects.values().forEach(Subject::close);
            comparison.results.write(Path.of(args[2]));
            Shell.run("rm -rf $1", work);
        }
    }

    private static List<String> list(String[] args, int index, String otherwise) {
        return List.of((args.length > index ? args[index] : otherwise).split(","));
    }

    private void compare(List<String> operations, List<String> names) throws Exception {
        List<TestImage> images = new ArrayList<>();
        for (String name : names) {
            images.add(
                    switch (name) {
                        case "big" -> TestImage.big(work.resolve("images"));
                        case "small" -> TestImage.small(work.resolve("images"), 200);
                        default -> TestImage.real(work.resolve("images"), corpora());
                    });
        }
        String program = System.getProperty("docker-registry", "docker-registry");
        try (Server files = Server.files(Files.createDirectories(work.resolve("files")), images);
                Server registry = Server.registry(work.resolve("registry"), program)) {
            for (String operation : operations) {
                for (TestImage image : images) {
                    compare(operation, image, operation.equals("pull") ? files : registry);
                }
            }
        }
    }

    private static List<Path> corpora() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("corpora")))) {
            return files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .filter(file -> !file.getFileName().toString().startsWith("blob"))
                    .sorted()
                    .toList();
        }
    }

    private void compare(String operation, TestImage image, Server server) throws Exception {
        String repository = server.address() + "/" + image.name();
        if (operation.equals("copy")) {
            server.empty();
            subject(DAVIT).run(new Transfer("push", image, image.folder().toString(), repository));
        }
        Map<String, List<Run>> all = new LinkedHashMap<>();
        subjects.keySet().forEach(name -> all.put(name, new ArrayList<>()));
        for (int round = -warmUps(image); round < rounds; round++) {
            List<String> order = new ArrayList<>(all.keySet());
            Collections.rotate(order, round);
            for (String name : order) {
                if (round < -1 && !(subject(name) instanceof Subject.Jvm)) {
                    continue; // nothing there gets warm
                }
                Shell.run("rm -rf $1", work.resolve("pulled"));
                if (operation.equals("push")) {
                    server.empty();
                }
                Transfer transfer = switch (operation) {
                    case "pull" ->
                        new Transfer(
                                operation,
                                image,
                                repository,
                                work.resolve("pulled").toString());
                    case "push" -> new Transfer(operation, image, image.folder().toString(), repository);
                    default -> new Transfer(operation, image, repository, repository + "-copy" + ++copies);
                };
                try {
                    Run run = run(name, transfer, server);
                    if (round == -1) {
                        verify(name, transfer);
                    } else if (round >= 0) {
                        all.getOrDefault(name, new ArrayList<>()).add(run);
                        note(name, transfer, round, run);
                    }
                } catch (UnsupportedOperationException e) {
                    all.remove(name);
                } catch (IOException e) {
                    out.printf("%s %s %s failed: %s%n", operation, image.name(), name, e.getMessage());
                    all.remove(name);
                }
            }
        }
        all.forEach((name, runs) -> print(operation, image, name, runs, all.getOrDefault(DAVIT, List.of())));
    }

    /** How many rounds do not count: small images cost so little that the compiler would be most of it. */
    private static int warmUps(TestImage image) {
        return image.tags().size() > 1 ? 5 : 1;
    }

    private Subject subject(String name) {
        return Objects.requireNonNull(subjects.get(name), name);
    }

    private Run run(String name, Transfer transfer, Server server) throws Exception {
        Mark mark = server.mark();
        Cost cost = subject(name).run(transfer);
        return new Run(cost, server.since(mark));
    }

    private void verify(String name, Transfer transfer) throws Exception {
        TestImage image = transfer.image();
        if (transfer.operation().equals("pull")) {
            Shell.run(
                    "cd $1; n=0; for f in */blobs/sha256/*; do [ $(sha256sum < $f | cut -c-64) = ${f##*/} ]; n=$((n + 1)); done; [ $n = $2 ]",
                    transfer.to(),
                    image.tags().size() * (image.blobs() + 1));
        } else {
            String repository = transfer.to().substring(transfer.to().indexOf('/') + 1);
            Shell.run(
                    "[ $(ls $1/$2/_manifests/tags | wc -l) = $3 ]; [ $(ls $1/$2/_layers/sha256 | wc -l) -ge $3 ]",
                    work.resolve("registry/data/docker/registry/v2/repositories"),
                    repository,
                    image.tags().size());
        }
        out.printf("%s %s %s is right%n", transfer.operation(), image.name(), name);
    }

    private void note(String name, Transfer transfer, int round, Run run) {
        results.add(String.format(
                Locale.ROOT,
                "{\"operation\":\"%s\",\"image\":\"%s\",\"client\":\"%s\",\"round\":%d,\"wall\":%.3f,\"cpu\":%.3f,"
                        + "\"memory\":%.0f,\"requests\":%d,\"connections\":%d,\"server\":%.3f,\"load\":%.2f}",
                transfer.operation(),
                transfer.image().name(),
                name,
                round,
                run.cost().wall(),
                run.cost().cpu(),
                run.cost().memory(),
                run.load().requests(),
                run.load().connections(),
                run.load().cpu(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    }

    private void print(String operation, TestImage image, String name, List<Run> runs, List<Run> davit) {
        out.printf(
                Locale.ROOT,
                "%-5s %-6s %-7s wall %6.2f s  cpu %6.2f s  against davit: wall %s  cpu %s  memory %4.0f MiB  requests %.2f"
                        + "  connections %.0f  server cpu %.2f s%n",
                operation,
                image.name(),
                name,
                median(runs, run -> run.cost().wall()),
                median(runs, run -> run.cost().cpu()),
                ratio(runs, davit, run -> run.cost().wall()),
                ratio(runs, davit, run -> run.cost().cpu()),
                median(runs, run -> run.cost().memory()),
                median(
                        runs,
                        run -> (double) run.load().requests() / image.tags().size()),
                median(runs, run -> run.load().connections()),
                median(runs, run -> run.load().cpu()));
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> value) {
        return Shell.median(runs.stream().map(value::applyAsDouble).toList());
    }

    private static String ratio(List<Run> runs, List<Run> davit, ToDoubleFunction<Run> value) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            ratios.add(value.applyAsDouble(runs.get(i)) / value.applyAsDouble(davit.get(i)));
        }
        return Shell.range(ratios);
    }
}
