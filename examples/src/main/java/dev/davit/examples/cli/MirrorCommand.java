package dev.davit.examples.cli;

import dev.davit.examples.cli.MirrorPlan.Mirror;
import dev.davit.examples.cli.Place.Transport;
import dev.davit.image.OciLayout;
import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.Repository;
import dev.davit.oci.content.Source;
import dev.davit.oci.content.TransferListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "mirror",
        description = {
            "Copies the tags of many repositories. What is there already is left alone, so it can be run again at any time.",
            "What fails does not keep the rest from being copied; the exit code is 1 then."
        },
        footer = {
            "",
            "The file:",
            "  mirrors:",
            "    - from: docker://registry.example/acme/server",
            "      to: docker://mirror.example/acme/server   # or oci:DIR",
            "      tags: ['1.*', latest]     # all without it; * is any text, ? one character",
            "      except: ['*-rc*']",
            "      referrers: true           # signatures and the like, too"
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class MirrorCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "What is mirrored to where: YAML.")
    private Path config;

    @Mixin
    private Jobs jobs;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        MirrorPlan plan = MirrorPlan.read(config);
        Place[] all = plan.mirrors().stream()
                .flatMap(mirror -> Stream.of(mirror.from(), mirror.to()))
                .toArray(Place[]::new);
        Table summary = new Table("FROM", "TO", "COPIED", "THERE", "FAILED", "MOVED");
        int failed = 0;
        try (Places places = new Places(registries.plainHttp, all)) {
            for (Mirror mirror : plan.mirrors()) {
                Run run = new Run(places, mirror);
                run.all();
                failed += run.failed;
                summary.row(
                        mirror.from().toString(),
                        mirror.to().toString(),
                        Integer.toString(run.copied),
                        Integer.toString(run.there),
                        Integer.toString(run.failed),
                        Sizes.of(run.moved.get()));
            }
        }
        spec.commandLine().getOut().println(summary);
        return failed == 0 ? 0 : 1;
    }

    /** What becomes of one repository. */
    private final class Run implements TransferListener {
        private final Places places;
        private final Mirror mirror;
        private final AtomicLong moved = new AtomicLong();
        private int copied;
        private int there;
        private int failed;

        Run(Places places, Mirror mirror) {
            this.places = places;
            this.mirror = mirror;
        }

        void all() {
            attempt(mirror.from().toString(), () -> {
                Source from = places.source(mirror.from());
                List<String> tags = from.tags().stream().filter(mirror::wants).toList();
                Repository to = target();
                tags.forEach(tag -> attempt(mirror.from() + ":" + tag, () -> one(from, to, tag)));
            });
        }

        /** A layout need not be there yet. */
        private Repository target() {
            return mirror.to().transport() == Transport.OCI
                    ? OciLayout.at(Path.of(mirror.to().location()))
                    : places.repository(mirror.to());
        }

        private void attempt(String what, Runnable action) {
            try {
                action.run();
            } catch (DavitException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                failed++;
                spec.commandLine().getErr().println("davit: " + what + ": " + e.getMessage());
            }
        }

        private void one(Source from, Repository to, String tag) {
            Descriptor wanted = from.resolve(tag);
            boolean same = isThere(to, tag, wanted);
            if (same && mirror.referrers()) {
                // what refers to it may be new all the same
                copier().copy(from, wanted, to);
            }
            if (same) {
                there++;
            } else {
                copier().copy(from, wanted, to, tag);
                copied++;
                spec.commandLine().getOut().println(mirror.to() + ":" + tag + " " + wanted.digest());
            }
        }

        /** The name is the last thing that a copy writes: who has it has everything. */
        private static boolean isThere(Repository to, String tag, Descriptor wanted) {
            try {
                return to.resolve(tag).digest().equals(wanted.digest());
            } catch (NotFoundException e) {
                return false;
            }
        }

        private Copier copier() {
            return Copier.builder()
                    .concurrency(jobs.count())
                    .includeReferrers(mirror.referrers())
                    .listener(this)
                    .build();
        }

        @Override
        public void finished(Descriptor node, Outcome outcome) {
            if (outcome == Outcome.COPIED) {
                moved.addAndGet(node.size());
            }
        }
    }
}
