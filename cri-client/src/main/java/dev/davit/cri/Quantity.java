package dev.davit.cri;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts as Kubernetes writes them: {@code 2}, {@code 0.5}, {@code 100m}, {@code 128Mi}, {@code 1e3}. */
final class Quantity {
    private static final Pattern FORM = Pattern.compile(
            "([0-9]{1,19}(?:\\.[0-9]{0,19})?|\\.[0-9]{1,19})(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,2}))?");

    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            Map.entry("n", BigDecimal.ONE.scaleByPowerOfTen(-9)),
            Map.entry("u", BigDecimal.ONE.scaleByPowerOfTen(-6)),
            Map.entry("m", BigDecimal.ONE.scaleByPowerOfTen(-3)),
            Map.entry("k", BigDecimal.ONE.scaleByPowerOfTen(3)),
            Map.entry("M", BigDecimal.ONE.scaleByPowerOfTen(6)),
            Map.entry("G", BigDecimal.ONE.scaleByPowerOfTen(9)),
            Map.entry("T", BigDecimal.ONE.scaleByPowerOfTen(12)),
            Map.entry("P", BigDecimal.ONE.scaleByPowerOfTen(15)),
            Map.entry("E", BigDecimal.ONE.scaleByPowerOfTen(18)),
            Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
            Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
            Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
            Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
            Map.entry("Pi", BigDecimal.valueOf(1L << 50)),
            Map.entry("Ei", BigDecimal.valueOf(1L << 60)));

    private Quantity() {}

    /** {@return the amount, or nothing if the text is none} */
    static Optional<BigDecimal> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(form.group(1));
        if (form.group(2) != null) {
            return Optional.of(number.multiply(UNITS.get(form.group(2))));
        }
        return Optional.of(form.group(3) == null ? number : number.scaleByPowerOfTen(Integer.parseInt(form.group(3))));
    }

    /** {@return the amount in whole units, rounded up; or nothing if the text is none, or too much} */
    static Optional<Long> whole(String text) {
        return scaled(text, 0);
    }

    /** {@return the amount in thousandths, rounded up; or nothing if the text is none, or too much} */
    static Optional<Long> thousandths(String text) {
        return scaled(text, 3);
    }

    private static Optional<Long> scaled(String text, int power) {
        return parse(text)
                .map(amount -> amount.scaleByPowerOfTen(power).setScale(0, RoundingMode.CEILING))
                .filter(amount -> amount.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0)
                .map(BigDecimal::longValueExact);
    }
}
