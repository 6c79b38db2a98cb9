package dev.finetune4j.data.tokenizer.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How text becomes words: perhaps composed (NFC), then cut by a pattern.
 *
 * @param composes whether text is brought into Unicode's composed form first
 */
record WordSplit(boolean composes, Pattern words) {
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String WITH_DIGITS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /** Patterns that say the same to both libraries' engines, by their spelling in the file. */
    private static final Map<String, Pattern> KNOWN = Map.of(
            String.format(WITH_DIGITS, ""), compiled(String.format(WITH_DIGITS, "")),
            String.format(WITH_DIGITS, "{1,3}"), compiled(String.format(WITH_DIGITS, "{1,3}")));

    private static final Pattern FIRST = compiled(GPT2);

    private static final int FIRST_COMPOSED = 0x300;

    private static Pattern compiled(String pattern) {
        return Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
    }

    /** Empty where a step is not known here. */
    static Optional<WordSplit> of(JsonNode normalizer, JsonNode pretokenizer) {
        boolean composes = normalizer.path("type").asText().equals("NFC");
        boolean plain = normalizer.isNull()
                || normalizer.isMissingNode()
                || normalizer.path("type").asText().equals("Sequence")
                        && normalizer.path("normalizers").isEmpty();
        if (!composes && !plain) {
            return Optional.empty();
        }
        return pattern(pretokenizer).map(pattern -> new WordSplit(composes, pattern));
    }

    private static Optional<Pattern> pattern(JsonNode pretokenizer) {
        if (isByteLevel(pretokenizer, true)) {
            return Optional.of(FIRST);
        }
        JsonNode steps = pretokenizer.path("pretokenizers");
        if (!pretokenizer.path("type").asText().equals("Sequence") || steps.size() != 2) {
            return Optional.empty();
        }
        JsonNode split = steps.get(0);
        boolean isolates = split.path("type").asText().equals("Split")
                && split.path("behavior").asText().equals("Isolated")
                && !split.path("invert").asBoolean();
        return isolates && isByteLevel(steps.get(1), false)
                ? Optional.ofNullable(
                        KNOWN.get(split.path("pattern").path("Regex").asText()))
                : Optional.empty();
    }

    private static boolean isByteLevel(JsonNode step, boolean splits) {
        return step.path("type").asText().equals("ByteLevel")
                && !step.path("add_prefix_space").asBoolean(true)
                && step.path("use_regex").asBoolean(true) == splits;
    }

    /** Text as it is cut. */
    String composed(String text) {
        if (!composes || text.chars().allMatch(c -> c < FIRST_COMPOSED)) {
            return text;
        }
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    /**
     * Whether both libraries see the same in a text: it has no character that came with a later Unicode, and none that folds to
     * a letter of the contractions above.
     */
    static boolean isSafe(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < FIRST_COMPOSED && text.charAt(i) != '\u017f') {
                continue;
            }
            int point = text.codePointAt(i);
            if (point == 0x17f
                    || point == 0x212a
                    || point == 0x180e
                    || Character.getType(point) == Character.UNASSIGNED
                    || Character.getType(point) == Character.SURROGATE) {
                return false;
            }
            i += Character.charCount(point) - 1;
        }
        return true;
    }
}
