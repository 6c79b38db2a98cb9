package dev.finetune4j.core.config;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.finetune4j.core.config.KnownKey.Standing;
import dev.finetune4j.core.config.bind.BoundKey;
import dev.finetune4j.core.config.bind.Nearest;
import dev.finetune4j.core.config.bind.Problems;
import dev.finetune4j.core.config.bind.RecordBinder;
import dev.finetune4j.core.config.bind.Schema;
import dev.finetune4j.core.config.rules.Findings;
import dev.finetune4j.core.config.rules.Idle;
import dev.finetune4j.core.config.rules.Rules;
import dev.finetune4j.core.error.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns a draft into arguments, or reports everything that is wrong with it in one exception. */
public final class ArgumentsBinder {
    private static final Schema SCHEMA = Schema.of(FineTuneArguments.class);

    private ArgumentsBinder() {}

    /** All keys that are bound, with their types, defaults and choices. */
    public static Schema schema() {
        return SCHEMA;
    }

    /**
     * Checks every key, every value and every rule.
     *
     * @throws ConfigException listing all problems, each with key, value, origin and the nearest known key or value
     */
    public static FineTuneArguments bind(Settings settings) {
        Problems problems = new Problems();
        Map<String, Setting> given = given(settings, problems);
        FineTuneArguments arguments = new RecordBinder(given, problems).bind(FineTuneArguments.class);
        Rules.check(arguments, new Findings(given, problems));
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    problems.inOrderOf(settings.all().stream().map(Setting::key).toList()));
        }
        return arguments;
    }

    /**
     * The given settings that are honoured by something else than their name says, or have no effect beside the others.
     *
     * @param settings a draft that {@link #bind} accepts
     */
    public static List<Honoured> notes(Settings settings) {
        Map<String, String> idle = Idle.of(bind(settings));
        List<Honoured> notes = new ArrayList<>();
        for (Setting setting : Aliases.resolve(NestedDialect.translate(settings, new Problems()), new Problems())) {
            if (!setting.isAbsent()) {
                note(setting, idle).map(note -> new Honoured(setting, note)).forEach(notes::add);
            }
        }
        return notes;
    }

    /**
     * A draft that gives every bound key its value in {@code arguments}; binding it gives equal arguments again.
     */
    public static Settings settingsOf(FineTuneArguments arguments) {
        Settings settings = new Settings();
        RecordBinder.valuesOf(arguments).forEach(settings::set);
        return settings;
    }

    private static Stream<String> note(Setting setting, Map<String, String> idle) {
        Stream<String> inert =
                KnownKeys.find(setting.key())
                        .filter(key -> key.standing() == Standing.INERT)
                        .map(KnownKey::hint)
                        .stream();
        Stream<String> equivalent = SCHEMA
                .find(setting.key())
                .filter(key -> !key.isDefault(setting.value()))
                .flatMap(BoundKey::equivalent)
                .stream();
        return Stream.of(inert, equivalent, Stream.ofNullable(idle.get(setting.key())))
                .flatMap(notes -> notes);
    }

    /** The settings that are left for the records, by key. */
    private static Map<String, Setting> given(Settings settings, Problems problems) {
        Map<String, Setting> given = new LinkedHashMap<>();
        for (Setting setting : Aliases.resolve(NestedDialect.translate(settings, problems), problems)) {
            BoundKey bound = SCHEMA.find(setting.key()).orElse(null);
            if (bound != null) {
                spelledOut(setting, bound).ifPresent(value -> given.put(value.key(), value));
                continue;
            }
            KnownKey known = KnownKeys.find(setting.key()).orElse(null);
            if (known == null) {
                unknown(setting, problems);
            } else if (!setting.isAbsent() && !known.accepts(setting.value())) {
                problems.add(setting, known.refusal(setting), "");
            }
        }
        return given;
    }

    /** Empty where the setting is absent; null as its word where it is more than absence. */
    private static Optional<Setting> spelledOut(Setting setting, BoundKey bound) {
        return setting.isAbsent()
                ? bound.nullMeans().map(word -> new Setting(setting.key(), TextNode.valueOf(word), setting.origin()))
                : Optional.of(setting);
    }

    private static void unknown(Setting setting, Problems problems) {
        List<String> candidates = Stream.of(
                        SCHEMA.keys().stream().map(BoundKey::name),
                        KnownKeys.all().stream().map(KnownKey::key),
                        Aliases.all().keySet().stream())
                .flatMap(names -> names)
                .toList();
        List<String> near = Nearest.to(setting.key(), candidates);
        String hint = near.stream().map(key -> "\"" + key + "\"").collect(Collectors.joining(" or "));
        String text = "Unknown setting \"" + setting.key() + "\" (" + setting.origin() + ")."
                + (near.isEmpty() ? "" : " Did you mean " + hint + "?");
        problems.add(setting, text, near.isEmpty() ? "" : near.get(0));
        near.forEach(problems::suspect);
    }
}
