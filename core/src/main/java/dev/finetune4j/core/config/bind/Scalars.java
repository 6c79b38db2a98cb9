package dev.finetune4j.core.config.bind;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;

/** Single booleans, numbers and texts. */
final class Scalars {
    private static final Set<String> YES = Set.of("true", "t", "yes", "y", "on", "1");
    private static final Set<String> NO = Set.of("false", "f", "no", "n", "off", "0");

    private Scalars() {}

    static boolean flag(JsonNode node) {
        String word = node.isContainerNode() ? "" : node.asText().strip().toLowerCase(Locale.ROOT);
        if (YES.contains(word)) {
            return true;
        }
        if (NO.contains(word)) {
            return false;
        }
        throw expected("true or false", node);
    }

    /** A whole number in either notation; {@code 8.0} and {@code 1e3} count as whole. */
    static long whole(JsonNode node, long lowest, long highest) {
        BigDecimal number = decimal(node, "a whole number");
        if (number.stripTrailingZeros().scale() > 0) {
            throw expected("a whole number", node);
        }
        boolean inside =
                number.compareTo(BigDecimal.valueOf(lowest)) >= 0 && number.compareTo(BigDecimal.valueOf(highest)) <= 0;
        if (!inside) {
            throw new ValueException("must lie between " + lowest + " and " + highest + ", found " + number, "");
        }
        return number.longValue();
    }

    static double number(JsonNode node) {
        double number = decimal(node, "a number").doubleValue();
        if (Double.isInfinite(number)) {
            throw expected("a finite number", node);
        }
        return number;
    }

    static String text(JsonNode node) {
        if (node.isContainerNode()) {
            throw expected("one value", node);
        }
        return node.asText();
    }

    private static BigDecimal decimal(JsonNode node, String what) {
        if (node.isNumber() || node.isTextual()) {
            try {
                // Underscores between digits are YAML's, as in 10_000.
                return new BigDecimal(node.asText().strip().replaceAll("(?<=[0-9])_(?=[0-9])", ""));
            } catch (NumberFormatException e) {
                throw expected(what, node);
            }
        }
        throw expected(what, node);
    }

    static ValueException expected(String what, JsonNode node) {
        return new ValueException("must be " + what + ", found " + ValueReader.shown(node), "");
    }
}
