package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.tuning.ModuleSelector;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which modules of a model carry an adapter, by PEFT's rules: a list of names matches a module that equals an entry or ends
 * with a dot and it; a single pattern must match the whole name.
 *
 * @param modules {@code target_modules}
 * @param exclude {@code exclude_modules}, which wins over {@code modules}
 * @param layers {@code layers_to_transform}: numbers of the layers to adapt; empty for all
 * @param layersPattern {@code layers_pattern}: names that stand before a layer's number; empty for any name
 * @param parameters {@code target_parameters}: tensors of stacked experts, each by its name or its end
 */
public record PeftTargets(
        Names modules, Names exclude, List<Integer> layers, List<String> layersPattern, List<String> parameters) {
    static final String ALL_LINEAR = "all-linear";

    public PeftTargets {
        layers = List.copyOf(layers);
        layersPattern = List.copyOf(layersPattern);
        parameters = List.copyOf(parameters);
    }

    /** Names only, in all layers. */
    public static PeftTargets of(List<String> names) {
        return of(names, List.of());
    }

    /** Names of modules and of tensors of stacked experts, in all layers. */
    public static PeftTargets of(List<String> modules, List<String> parameters) {
        return new PeftTargets(new Names(modules, ""), Names.NONE, List.of(), List.of(), parameters);
    }

    /**
     * A list of name ends, or one regular expression.
     *
     * @param list the ends; empty if there is a pattern
     * @param pattern matches a whole name; empty if there is a list
     */
    public record Names(List<String> list, String pattern) {
        public static final Names NONE = new Names(List.of(), "");

        public Names {
            list = List.copyOf(list);
        }

        boolean isEmpty() {
            return list.isEmpty() && pattern.isEmpty();
        }

        boolean matches(String module) {
            return pattern.isEmpty()
                    ? list.stream().anyMatch(name -> ModuleSelector.matches(module, name))
                    : module.matches(pattern);
        }
    }

    /** Whether the linear map of that name, which is not the head, carries an adapter. */
    public boolean match(String module) {
        if (!exclude.isEmpty() && exclude.matches(module)) {
            return false;
        }
        boolean named = modules.pattern.equals(ALL_LINEAR) || modules.matches(module);
        return named && (layers.isEmpty() || layers.contains(layer(module)));
    }

    /** Whether the matrices of the tensor of that name carry adapters. */
    public boolean matchParameter(String tensor) {
        return parameters.stream().anyMatch(name -> ModuleSelector.matches(tensor, name));
    }

    /** Number of the layer a module lies in, or −1. */
    private int layer(String module) {
        if (layersPattern.isEmpty()) {
            return number(Pattern.compile(".*\\.[^.]*\\.(\\d+)\\.").matcher(module));
        }
        for (String pattern : layersPattern) {
            int number =
                    number(Pattern.compile(".*\\." + pattern + "\\.(\\d+)\\.").matcher(module));
            if (number >= 0) {
                return number;
            }
        }
        return -1;
    }

    private static int number(Matcher matcher) {
        return matcher.lookingAt() ? Integer.parseInt(matcher.group(1)) : -1;
    }
}
