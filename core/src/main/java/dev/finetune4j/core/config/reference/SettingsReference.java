package dev.finetune4j.core.config.reference;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every setting that can be given, group by group, with its meaning. */
public final class SettingsReference {
    private SettingsReference() {}

    /**
     * Settings that belong together.
     *
     * @param group name of the group
     * @param about what it is about, one sentence
     * @param keys its settings, in order
     */
    public record Group(String group, String about, List<Entry> keys) {}

    /**
     * One setting.
     *
     * @param key snake_case key
     * @param type kind of value, as a user would say it
     * @param defaultText default as written in a settings file, or null where there is none
     * @param choices the words it may be, or null where any value of the type will do
     * @param text meaning, unit and range; code stands in backticks
     */
    public record Entry(
            String key,
            String type,
            @JsonProperty("default") @Nullable String defaultText,
            @Nullable List<String> choices,
            String text) {}

    /** Read from the resource on every call. */
    public static List<Group> groups() {
        try (InputStream in = Objects.requireNonNull(Settings.class.getResourceAsStream("settings.json"))) {
            return new ObjectMapper().readValue(in, new TypeReference<List<Group>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException("settings.json cannot be read", e);
        }
    }
}
