package dev.davit.cri;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A number that a runtime measures, as Prometheus has them.
 *
 * @param time when it was measured
 * @param name its name
 * @param type whether it only grows
 * @param labelValues the values of its labels, in the order of {@link Descriptor#labelKeys}
 * @param value the number
 */
public record Metric(Instant time, String name, Type type, List<String> labelValues, OptionalLong value) {
    /** Copies the list. */
    public Metric {
        labelValues = List.copyOf(labelValues);
    }

    /** Kinds of metrics. */
    public enum Type {
        /** It only grows. */
        COUNTER,
        /** It may grow or shrink. */
        GAUGE
    }

    /**
     * What metrics of a name mean.
     *
     * @param name the name
     * @param help what it measures, in words
     * @param labelKeys the keys of its labels
     */
    public record Descriptor(String name, String help, List<String> labelKeys) {
        /** Copies the list. */
        public Descriptor {
            labelKeys = List.copyOf(labelKeys);
        }
    }

    static Metric of(dev.davit.cri.raw.Metric raw) {
        return new Metric(
                Times.instant(raw.getTimestamp()),
                raw.getName(),
                raw.getMetricType() == dev.davit.cri.raw.MetricType.COUNTER ? Type.COUNTER : Type.GAUGE,
                raw.getLabelValuesList(),
                Amounts.optional(raw.hasValue(), raw.getValue()));
    }
}
