package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * A program that keeps credentials, {@code docker-credential-NAME}: of a desktop's key ring, a password store, a cloud. It
 * is run for each question, and gets a minute for the answer. Safe to share between threads.
 *
 * @see <a href="https://github.com/docker/docker-credential-helpers">the protocol of credential helpers</a>
 */
public final class CredentialHelper implements CredentialSource {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,100}");
    private static final Pattern SERVER = Pattern.compile("[!-~]{1,1024}");
    private static final int MAX_ANSWER = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final String name;
    private final String program;
    private final Duration patience;

    CredentialHelper(String name, String program, Duration patience) {
        this.name = name;
        this.program = program;
        this.patience = patience;
    }

    /**
     * The helper of some name. Nothing is run before it is asked.
     *
     * @param name what follows {@code docker-credential-} in the name of the program, which is looked for on the {@code
     *     PATH}
     * @return the helper
     * @throws MalformedContentException if that is no name, but leads elsewhere
     */
    public static CredentialHelper named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new MalformedContentException(
                    "credential helper: expected a name such as \"pass\", of letters, digits,"
                            + " dots, dashes and underscores, got " + Text.quote(name));
        }
        String program = "docker-credential-" + name;
        return new CredentialHelper(name, program, PATIENCE);
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnauthorizedException if the program cannot be run, fails, or says something else than the protocol has
     * @throws TransferException if the thread is interrupted, which ends the program
     */
    @Override
    public Optional<Credentials> credentialsFor(String registry) {
        Answer answer = run("get", registry, server(registry));
        if (answer.exitCode != 0) {
            if (answer.text.toLowerCase(Locale.ROOT).contains("credentials not found")) {
                return Optional.empty();
            }
            throw failed("get", registry, "ended with exit code " + answer.exitCode + said(answer.text));
        }
        try {
            return JsonReader.parseSecret(
                    "answer", answer.text.getBytes(StandardCharsets.UTF_8), CredentialHelper::read);
        } catch (MalformedContentException e) {
            throw failed("get", registry, "did not answer with a user and a secret in JSON");
        }
    }

    private static Optional<Credentials> read(JsonReader in) {
        String[] pair = {"", ""};
        in.object(List.of(), member -> {
            switch (member) {
                case "Username" -> pair[0] = in.string();
                case "Secret" -> pair[1] = in.string();
                default -> in.skip();
            }
        });
        return pair[0].isEmpty() && pair[1].isEmpty()
                ? Optional.empty()
                : Optional.of(new Credentials(pair[0], pair[1]));
    }

    /**
     * Keeps the credentials of a registry from now on.
     *
     * @param registry the registry as {@code host[:port]}
     * @param credentials its credentials
     * @throws UnauthorizedException if the program cannot be run, or fails
     */
    public void store(String registry, Credentials credentials) {
        JsonMembers.Builder request = JsonMembers.builder(List.of("ServerURL", "Username", "Secret"));
        request.put("ServerURL", server(registry));
        request.put("Username", credentials.username());
        request.put("Secret", credentials.password());
        Answer answer = run("store", registry, new String(request.build().toBytes(), StandardCharsets.UTF_8));
        if (answer.exitCode != 0) {
            boolean tells = answer.text.contains(credentials.password());
            throw failed(
                    "store", registry, "ended with exit code " + answer.exitCode + (tells ? "" : said(answer.text)));
        }
    }

    /**
     * Forgets the credentials of a registry, if it has any.
     *
     * @param registry the registry as {@code host[:port]}
     * @throws UnauthorizedException if the program cannot be run, or fails
     */
    public void erase(String registry) {
        Answer answer = run("erase", registry, server(registry));
        if (answer.exitCode != 0 && !answer.text.toLowerCase(Locale.ROOT).contains("credentials not found")) {
            throw failed("erase", registry, "ended with exit code " + answer.exitCode + said(answer.text));
        }
    }

    /** A line break would begin another question. */
    private static String server(String registry) {
        String server = RegistryKey.written(registry);
        if (!SERVER.matcher(server).matches()) {
            throw new MalformedContentException("registry: expected host[:port], got " + Text.quote(registry));
        }
        return server;
    }

    /** What looks like the answer to a question may have the secret in it. */
    private static String said(String text) {
        String line = text.strip();
        return line.isEmpty() || line.indexOf('{') >= 0 ? "" : " and said " + Text.quote(line);
    }

    private record Answer(int exitCode, String text) {}

    private Answer run(String action, String registry, String input) {
        Process process;
        try {
            process = new ProcessBuilder(program, action)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw failed(action, registry, "could not be run; is it installed, and on the PATH?");
        }
        FutureTask<String> talk = new FutureTask<>(() -> talk(process, input));
        Thread talker = new Thread(talk, "davit-credential-helper");
        talker.setDaemon(true);
        talker.start();
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            String text = talk.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (text.length() > MAX_ANSWER) {
                throw failed(action, registry, "said more than " + MAX_ANSWER + " bytes");
            }
            if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw failed(action, registry, "did not end within " + patience.toSeconds() + " s");
            }
            return new Answer(process.exitValue(), text);
        } catch (TimeoutException e) {
            throw failed(action, registry, "did not answer within " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw failed(action, registry, "could not be talked to");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TransferException(
                    Side.CALLER, null, "interrupted while waiting for the credential helper " + name, e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String talk(Process process, String input) throws IOException {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it does not want to know: what it says and its exit code count
        }
        return new String(process.getInputStream().readNBytes(MAX_ANSWER + 1), StandardCharsets.UTF_8);
    }

    private UnauthorizedException failed(String action, String registry, String how) {
        return new UnauthorizedException(
                "credentials of " + Text.plain(registry) + ": docker-credential-" + name + " " + action + " " + how);
    }

    /** {@return the name of the program} */
    @Override
    public String toString() {
        return "docker-credential-" + name;
    }
}
