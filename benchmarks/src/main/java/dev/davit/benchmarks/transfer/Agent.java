package dev.davit.benchmarks.transfer;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A JVM with one client, which does what it is told on standard input: an operation, two places, tags. With several tags,
 * each image has a layout of its own.
 */
final class Agent {
    private Agent() {}

    /** Serves. */
    public static void main(String[] args) throws Exception {
        Client client = client(args[0]);
        PrintStream out = System.out;
        System.setOut(System.err);
        out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<String> words = Arrays.asList(line.split(" "));
            try {
                if (words.get(0).equals("gc")) {
                    System.gc();
                } else {
                    for (String tag : words.subList(3, words.size())) {
                        run(client, words.get(0), words.get(1), words.get(2), tag);
                    }
                }
                out.println("done");
            } catch (UnsupportedOperationException e) {
                out.println("unsupported");
            } catch (Exception | LinkageError e) {
                e.printStackTrace();
                out.println("failed: " + e);
            }
        }
    }

    private static void run(Client client, String operation, String one, String two, String tag) throws Exception {
        switch (operation) {
            case "pull" -> client.pull(one, tag, Path.of(two).resolve(tag));
            case "push" -> client.push(Path.of(one).resolve(tag), two, tag);
            default -> client.copy(one, two, tag);
        }
    }

    private static Client client(String name) {
        return switch (name) {
            case "davit" -> new Davit(1);
            case "davit-4" -> new Davit(4);
            case "okhttp" -> new OkHttpLoop();
            case "jib" -> new Jib();
            case "oras" -> new Oras();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
