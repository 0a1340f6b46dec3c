package dev.davit.testkit.internal;

import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.Request;
import dev.davit.testkit.http.Response;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** The layer in which things go wrong as they are told to. Thread-safe. */
public final class FaultLayer implements Handler {
    private final Handler next;
    private final List<Script> scripts = new CopyOnWriteArrayList<>();
    private final Map<Object, Script> byKey = new HashMap<>();

    public FaultLayer(Handler next) {
        this.next = next;
    }

    /**
     * Adds something that goes wrong, inside of what was added before.
     *
     * @param key what it is asked for by
     * @param matches which requests it is about
     * @param skipped how many of them are spared first
     * @param times how many are hit after that
     */
    public void add(Object key, Predicate<Request> matches, int skipped, int times, Misbehaviour misbehaviour) {
        Script script = new Script(matches, skipped, times, misbehaviour);
        synchronized (byKey) {
            if (byKey.putIfAbsent(key, script) != null) {
                throw new IllegalStateException("this fault is injected already");
            }
        }
        scripts.add(script);
    }

    /** {@return how many requests were hit} */
    public int hits(Object key) {
        synchronized (byKey) {
            Script script = byKey.get(key);
            return script == null ? 0 : script.hits.get();
        }
    }

    /** Lets nothing go wrong any more. */
    public void clear() {
        scripts.clear();
        synchronized (byKey) {
            byKey.clear();
        }
    }

    @Override
    public Response handle(Request request) throws IOException {
        Handler handler = next;
        List<Script> now = List.copyOf(scripts);
        for (int i = now.size() - 1; i >= 0; i--) {
            Script script = now.get(i);
            if (script.hits(request)) {
                Handler inner = handler;
                handler = r -> script.misbehaviour.around(r, inner);
            }
        }
        return handler.handle(request);
    }

    private static final class Script {
        private final Predicate<Request> matches;
        private final int skipped;
        private final int times;
        private final Misbehaviour misbehaviour;
        private final AtomicInteger seen = new AtomicInteger();
        private final AtomicInteger hits = new AtomicInteger();

        Script(Predicate<Request> matches, int skipped, int times, Misbehaviour misbehaviour) {
            this.matches = matches;
            this.skipped = skipped;
            this.times = times;
            this.misbehaviour = misbehaviour;
        }

        boolean hits(Request request) {
            if (!matches.test(request)) {
                return false;
            }
            long nth = seen.getAndIncrement();
            boolean hit = nth >= skipped && nth - skipped < times;
            if (hit) {
                hits.incrementAndGet();
            }
            return hit;
        }
    }
}
