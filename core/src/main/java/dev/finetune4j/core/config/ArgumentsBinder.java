package dev.finetune4j.core.config;

import dev.finetune4j.core.config.bind.BoundKey;
import dev.finetune4j.core.config.bind.Nearest;
import dev.finetune4j.core.config.bind.Problems;
import dev.finetune4j.core.config.bind.RecordBinder;
import dev.finetune4j.core.config.bind.Schema;
import dev.finetune4j.core.config.rules.Findings;
import dev.finetune4j.core.config.rules.Rules;
import dev.finetune4j.core.error.ConfigException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Turns a draft into arguments, or reports everything that is wrong with it in one exception. */
public final class ArgumentsBinder {
    static final Schema SCHEMA = Schema.of(FineTuneArguments.class);

    private ArgumentsBinder() {}

    /**
     * Checks every key, every value and every rule.
     *
     * @throws ConfigException listing all problems, each with key, value, origin and the nearest known key or value
     */
    public static FineTuneArguments bind(Settings settings) {
        Problems problems = new Problems();
        Map<String, Setting> given = new LinkedHashMap<>();
        for (Setting setting : settings.all()) {
            if (!setting.isAbsent() && accepts(setting, problems)) {
                given.put(setting.key(), setting);
            }
        }
        FineTuneArguments arguments = new RecordBinder(given, problems).bind(FineTuneArguments.class);
        Rules.check(arguments, new Findings(given, problems));
        if (!problems.all().isEmpty()) {
            throw new ConfigException(problems.all());
        }
        return arguments;
    }

    private static boolean accepts(Setting setting, Problems problems) {
        if (SCHEMA.find(setting.key()).isPresent()) {
            return true;
        }
        List<String> near = Nearest.to(
                setting.key(), SCHEMA.keys().stream().map(BoundKey::name).toList());
        String hint = near.isEmpty()
                ? ""
                : " Did you mean "
                        + near.stream().map(key -> "\"" + key + "\"").collect(Collectors.joining(" or "))
                        + "?";
        String text = "Unknown setting \"" + setting.key() + "\" (" + setting.origin() + ")." + hint;
        problems.add(setting, text, near.isEmpty() ? "" : near.get(0));
        near.stream().limit(1).forEach(problems::suspect);
        return false;
    }
}
