import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws what one run of bin/bench-unpack has measured: java bin/UnpackCharts.java RESULTS.json CHART.svg
 *
 * <p>Prints the same as a table: for each layer and subject the median of the CPU seconds, and how many times those of Davit
 * in the same round they are, with the least and the most.
 */
public class UnpackCharts {
    private static final Pattern RUN = Pattern.compile(
            "\"layer\":\"([^\"]+)\",\"subject\":\"([^\"]+)\",\"round\":(\\d+),\"wall\":([0-9.]+),\"cpu\":([0-9.]+)");
    private static final int WIDTH = 760;
    private static final int LEFT = 190;
    private static final int BAR = 16;
    private static final int GAP = 6;

    private UnpackCharts() {}

    /** Draws. */
    public static void main(String[] args) throws IOException {
        Map<String, Map<String, List<Double>>> layers = read(Path.of(args[0]));
        layers.forEach(UnpackCharts::print);
        Files.writeString(Path.of(args[1]), draw(layers));
    }

    /** By layer and subject the CPU seconds of each round. */
    private static Map<String, Map<String, List<Double>>> read(Path results) throws IOException {
        Map<String, Map<String, List<Double>>> layers = new LinkedHashMap<>();
        Matcher run = RUN.matcher(Files.readString(results));
        while (run.find()) {
            layers.computeIfAbsent(run.group(1), key -> new LinkedHashMap<>())
                    .computeIfAbsent(run.group(2), key -> new ArrayList<>())
                    .add(Double.parseDouble(run.group(5)));
        }
        return layers;
    }

    private static void print(String layer, Map<String, List<Double>> subjects) {
        List<Double> davit = subjects.get("davit");
        subjects.forEach((subject, seconds) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < seconds.size(); i++) {
                ratios.add(seconds.get(i) / davit.get(i));
            }
            ratios.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.2f | %.2f (%.2f-%.2f) |%n",
                    layer,
                    subject,
                    median(seconds),
                    median(ratios),
                    ratios.get(0),
                    ratios.get(ratios.size() - 1));
        });
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    private static String draw(Map<String, Map<String, List<Double>>> layers) {
        double most = layers.values().stream()
                .flatMap(subjects -> subjects.values().stream())
                .mapToDouble(UnpackCharts::median)
                .max()
                .orElse(1);
        StringBuilder bars = new StringBuilder();
        int y = 20;
        for (Map.Entry<String, Map<String, List<Double>>> layer : layers.entrySet()) {
            bars.append(text(4, y, "start", "bold", layer.getKey()));
            y += BAR / 2;
            for (Map.Entry<String, List<Double>> subject : layer.getValue().entrySet()) {
                double seconds = median(subject.getValue());
                int length = (int) Math.round(seconds / most * (WIDTH - LEFT - 60));
                String color = subject.getKey().equals("davit") ? "#1f6feb" : "#9aa4b2";
                bars.append(text(LEFT - GAP, y + BAR - 4, "end", "normal", subject.getKey()));
                bars.append(String.format(
                        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n", LEFT, y, length, BAR, color));
                bars.append(text(
                        LEFT + length + GAP, y + BAR - 4, "start", "normal", String.format(Locale.ROOT, "%.2f s", seconds)));
                y += BAR + GAP;
            }
            y += 3 * GAP + BAR / 2;
        }
        return String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n%s</svg>%n",
                WIDTH, y, bars);
    }

    private static String text(int x, int y, String anchor, String weight, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        return String.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\" fill=\"#24292f\">%s</text>%n",
                x, y, anchor, weight, escaped);
    }
}
