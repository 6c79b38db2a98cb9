package dev.finetune4j.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.source.YamlText;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One key of a draft.
 *
 * @param key snake_case name
 * @param value as given; a null node means absent
 * @param origin where it was given: {@code builder}, {@code train.yaml:12} or {@code command line}
 */
public record Setting(String key, JsonNode value, String origin) {
    private static final Pattern SECRET = Pattern.compile(".*_(token|key|secret)");

    /** Given as null, which is the same as not given. */
    public boolean isAbsent() {
        return value.isNull() || value.isMissingNode();
    }

    public boolean isSecret() {
        return SECRET.matcher(key).matches();
    }

    /** The value on one line of YAML; a secret as its upper-case name in angle brackets. */
    public String shown() {
        return isSecret() && !isAbsent() ? "<" + key.toUpperCase(Locale.ROOT) + ">" : YamlText.of(value);
    }

    /** The key and where it was given, for messages: {@code lora_rank (train.yaml:9)}. */
    public String where() {
        return key + " (" + origin + ")";
    }
}
