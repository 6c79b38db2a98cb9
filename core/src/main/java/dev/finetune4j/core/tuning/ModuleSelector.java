package dev.finetune4j.core.tuning;

import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.linear.Linear;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses the linear maps that an adapter changes. {@code all} is every map of the blocks; a name chooses the maps whose
 * full name equals it or ends with a dot and it, so {@code q_proj}, {@code self_attn.q_proj} and
 * {@code model.layers.3.self_attn.q_proj} all work and {@code proj} chooses nothing. The head is never chosen.
 */
public final class ModuleSelector {
    public static final String ALL = "all";

    private final String key;
    private final List<String> names;

    /**
     * @param key the setting the names come from, for messages
     * @param names {@code all} in first place, or module names
     */
    public ModuleSelector(String key, List<String> names) {
        this.key = key;
        this.names = List.copyOf(names);
    }

    /** Whether every linear map of the blocks is meant. */
    public boolean isAll() {
        return !names.isEmpty() && names.get(0).equals(ALL);
    }

    /**
     * The chosen maps, in checkpoint order.
     *
     * @throws ConfigException naming every name that chooses nothing, with the names that would
     */
    public List<Linear> select(Decoder decoder) {
        if (isAll()) {
            return decoder.linears();
        }
        List<ConfigException.Problem> problems = new ArrayList<>();
        Set<String> unused = new LinkedHashSet<>(names);
        List<Linear> chosen = new ArrayList<>();
        for (Linear linear : decoder.linears()) {
            boolean matches = false;
            for (String name : names) {
                if (matches(linear.name(), name)) {
                    matches = true;
                    unused.remove(name);
                }
            }
            if (matches) {
                chosen.add(linear);
            }
        }
        unused.forEach(name -> problems.add(unknown(name, decoder)));
        if (names.isEmpty()) {
            problems.add(unknown("", decoder));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return chosen;
    }

    /** Whether {@code name} chooses the module called {@code module}. */
    public static boolean matches(String module, String name) {
        return module.equals(name) || module.endsWith("." + name);
    }

    /** Last parts of the names of a model's adaptable maps, in checkpoint order. */
    public static Set<String> shortNames(Decoder decoder) {
        Set<String> shorts = new LinkedHashSet<>();
        decoder.linears().forEach(linear -> shorts.add(linear.shortName()));
        return shorts;
    }

    private ConfigException.Problem unknown(String name, Decoder decoder) {
        String known = String.join(", ", shortNames(decoder));
        Names names = decoder.config().names();
        boolean whole = matches(names.embedding(), name) || matches(names.head(), name);
        String advice = whole
                ? " The embedding and the head are trained whole: name them in additional_target."
                : " Use " + ALL + ", one of " + known + ", or a longer end of a module's name.";
        return new ConfigException.Problem(
                key, name, "", key + ": no linear map of this model is called \"" + name + "\"." + advice, "");
    }
}
