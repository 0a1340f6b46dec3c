import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Counts what Surefire reported in all modules, by the JDK that each test ran on, and names what failed or was
 * skipped; a line of a test's output that starts with "result: " is repeated. Run by {@code bin/verify} and
 * {@code bin/soak} from the root of the project. Fails if a test did, or, with {@code DAVIT_REQUIRE_ALL=1}, if one was
 * skipped or no test ran on one of the JDKs given as arguments.
 */
final class TestReport {
    private static final class Count {
        private int run;
        private int failed;
        private int skipped;
        private double seconds;
        private final List<String> notes = new ArrayList<>();
    }

    public static void main(String[] args) throws Exception {
        Map<String, Count> counts = new TreeMap<>();
        for (Path report : reports()) {
            Element suite = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile())
                    .getDocumentElement();
            add(suite, counts.computeIfAbsent(jdkOf(suite), jdk -> new Count()));
        }
        boolean requireAll = "1".equals(System.getenv("DAVIT_REQUIRE_ALL"));
        boolean good = !counts.isEmpty();
        for (Map.Entry<String, Count> entry : counts.entrySet()) {
            Count count = entry.getValue();
            System.out.printf("JDK %s: %d tests, %d failed, %d skipped, %.0f s%n",
                    entry.getKey(), count.run, count.failed, count.skipped, count.seconds);
            count.notes.forEach(note -> System.out.println("    " + note));
            good &= count.failed == 0 && !(requireAll && count.skipped > 0);
        }
        for (String jdk : args) {
            if (requireAll && !counts.containsKey(jdk)) {
                System.out.println("JDK " + jdk + ": no test ran on it");
                good = false;
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static List<Path> reports() throws IOException {
        try (Stream<Path> files = Files.find(Path.of("."), 4, (path, attributes) -> path.getFileName().toString()
                .matches("TEST-.*\\.xml") && path.getParent().getFileName().toString().startsWith("surefire-reports"))) {
            return files.sorted().toList();
        }
    }

    private static String jdkOf(Element suite) {
        return elements(suite, "property")
                .filter(property -> property.getAttribute("name").equals("java.specification.version"))
                .map(property -> property.getAttribute("value"))
                .findFirst()
                .orElse("?");
    }

    private static void add(Element suite, Count count) {
        elements(suite, "testcase").forEach(test -> {
            count.run++;
            String name = test.getAttribute("classname") + "." + test.getAttribute("name");
            elements(test, "system-out")
                    .flatMap(out -> out.getTextContent().lines())
                    .filter(line -> line.startsWith("result: "))
                    .forEach(line -> count.notes.add(name + ": " + line.substring("result: ".length())));
            Stream.of("failure", "error").flatMap(kind -> elements(test, kind)).findFirst().ifPresent(problem -> {
                count.failed++;
                count.notes.add("failed: " + name + ": " + oneLine(problem));
            });
            elements(test, "skipped").findFirst().ifPresent(reason -> {
                count.skipped++;
                count.notes.add("skipped: " + name + ": " + oneLine(reason));
            });
        });
        count.seconds += Double.parseDouble(suite.getAttribute("time").replace(",", ""));
    }

    /** The message of what was thrown; Surefire writes a skip's message only into the stack trace. */
    private static String oneLine(Element reason) {
        String text = reason.getAttribute("message");
        if (text.isBlank()) {
            text = reason.getTextContent().split("\n\tat ", 2)[0].replaceFirst("^\\S+Exception: ", "");
        }
        String line = String.join(" ", text.strip().split("\\s*\n\\s*"));
        return line.length() > 400 ? line.substring(0, 400) + "…" : line;
    }

    private static Stream<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
    }
}
