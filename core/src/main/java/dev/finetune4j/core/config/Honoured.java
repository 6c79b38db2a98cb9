package dev.finetune4j.core.config;

/**
 * A given setting that is honoured by something else than its name says, or that has no effect in this run. The plan
 * prints these, so that no setting is passed over in silence.
 *
 * @param key snake_case name
 * @param value as given; secrets are masked
 * @param origin where it was given
 * @param note what honours it, or why it has no effect
 */
public record Honoured(String key, String value, String origin, String note) {
    Honoured(Setting setting, String note) {
        this(setting.key(), setting.shown(), setting.origin(), note);
    }

    /** One line for the plan: {@code flash_attn: fa2 (train.yaml:7): …}. */
    public String text() {
        return key + ": " + value + " (" + origin + "): " + note;
    }
}
