package dev.finetune4j.training;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Run times and rates under the names, and with the decimals, that the Hugging Face trainer gives them. */
final class Speed {
    private Speed() {}

    static void add(Map<String, Number> metrics, String prefix, double seconds, double samples, double steps) {
        metrics.put(prefix + "_runtime", round(seconds, 4));
        if (seconds > 0) {
            metrics.put(prefix + "_samples_per_second", round(samples / seconds, 3));
            metrics.put(prefix + "_steps_per_second", round(steps / seconds, 3));
        }
    }

    static void addTokens(Map<String, Number> metrics, String prefix, double seconds, long tokens) {
        metrics.put(prefix + "_runtime", round(seconds, 4));
        if (seconds > 0) {
            metrics.put(prefix + "_tokens_per_second", round(tokens / seconds, 3));
        }
    }

    private static double round(double value, int decimals) {
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).doubleValue();
    }
}
