package dev.finetune4j.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.source.Document;
import dev.finetune4j.core.config.source.Document.Entry;
import dev.finetune4j.core.config.source.KeyValue;
import dev.finetune4j.core.config.source.Nodes;
import dev.finetune4j.core.config.source.YamlText;
import dev.finetune4j.core.error.ConfigException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The draft of a run: ordered snake_case keys, each with a value and the place where it was given. The doors (builder,
 * files, command line) only fill a draft; {@link ArgumentsBinder} checks it. What is given later wins, and each
 * replacement is logged once. Confined to one thread.
 */
public final class Settings {
    public static final String BUILDER = "builder";
    public static final String COMMAND_LINE = "command line";

    private static final Logger log = LoggerFactory.getLogger(Settings.class);

    private final Map<String, Setting> entries = new LinkedHashMap<>();

    /** A draft with the given settings, in order. */
    static Settings of(Collection<Setting> settings) {
        Settings draft = new Settings();
        settings.forEach(setting -> draft.entries.put(setting.key(), setting));
        return draft;
    }

    /**
     * The settings of a file; {@code .json} is read as JSON, everything else as YAML.
     *
     * @throws ConfigException if the file cannot be read, is not well-formed, or names a key twice
     */
    public Settings file(Path file) {
        return add(Document.read(file), file.toString());
    }

    /** The settings of YAML text; {@code name} stands for the file in messages. */
    public Settings yaml(String text, String name) {
        return add(Document.yaml(text, name), name);
    }

    /** The settings of JSON text; {@code name} stands for the file in messages. */
    public Settings json(String text, String name) {
        return add(Document.json(text, name), name);
    }

    /**
     * One key with origin {@code builder}. Null makes it absent; enums count by their lower-case names, lists and maps by
     * their elements, other objects by their text.
     */
    public Settings set(String key, @Nullable Object value) {
        put(new Setting(key, Nodes.of(value), BUILDER));
        return this;
    }

    /**
     * One {@code key=value} of a command line. The value is one line of YAML; a dotted key reaches into a map, as in
     * {@code lr_scheduler_kwargs.num_cycles=2}.
     *
     * @throws ConfigException if it has another form
     */
    public Settings override(String keyAndValue) {
        KeyValue override = KeyValue.parse(keyAndValue, COMMAND_LINE);
        JsonNode before = find(override.key()).map(Setting::value).orElse(Nodes.of(null));
        put(new Setting(override.key(), override.applyTo(before), COMMAND_LINE));
        return this;
    }

    /** Every {@code key=value} of a command line, in order. */
    public Settings overrides(List<String> keysAndValues) {
        keysAndValues.forEach(this::override);
        return this;
    }

    /** All settings of another draft, with their origins. */
    public Settings merge(Settings later) {
        later.entries.values().forEach(this::put);
        return this;
    }

    public Optional<Setting> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** In the order in which the keys were first given; a view that cannot be changed. */
    public Collection<Setting> all() {
        return Collections.unmodifiableCollection(entries.values());
    }

    /** YAML, one key a line, that gives the same settings when read again; secrets are masked. */
    public String print() {
        StringBuilder out = new StringBuilder();
        for (Setting setting : entries.values()) {
            String value = setting.isSecret() && !setting.isAbsent() ? YamlText.text(setting.shown()) : setting.shown();
            out.append(YamlText.text(setting.key())).append(": ").append(value).append('\n');
        }
        return out.toString();
    }

    private Settings add(List<Entry> document, String name) {
        document.forEach(entry -> put(new Setting(entry.key(), entry.value(), name + ":" + entry.line())));
        return this;
    }

    private void put(Setting setting) {
        Setting before = entries.put(setting.key(), setting);
        if (before != null && !before.value().equals(setting.value())) {
            log.info(
                    "{}: {} ({}) replaces {} ({})",
                    setting.key(),
                    setting.shown(),
                    setting.origin(),
                    before.shown(),
                    before.origin());
        }
    }
}
