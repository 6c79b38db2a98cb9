package dev.finetune4j.adapters.freeze;

import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.tuning.ModuleSelector;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which parameters freeze tuning trains. Layers are numbered in the decoder's own block list, so that
 * {@code layers.3.} never means a third expert or a third vision block. An extra module's name is looked for anywhere
 * in a parameter's name, as LLaMA-Factory does: {@code norm} trains the norms of every layer, not only the last one.
 */
final class FreezeSelection {
    private final List<String> prefixes;
    private final Set<String> names;

    private FreezeSelection(List<String> prefixes, Set<String> names) {
        this.prefixes = prefixes;
        this.names = names;
    }

    /**
     * @throws ConfigException naming every module that does not exist, with those that do, or if nothing is left to train
     */
    static FreezeSelection of(Decoder decoder, TuningRequest.Freeze freeze) {
        Set<String> layerModules = new LinkedHashSet<>();
        Set<String> otherModules = new LinkedHashSet<>();
        Names layout = decoder.config().names();
        decoder.parameters().all().forEach(parameter -> sort(layout, parameter.name(), layerModules, otherModules));
        decoder.parameters().ties().keySet().forEach(alias -> sort(layout, alias, layerModules, otherModules));
        List<Problem> problems = new ArrayList<>();
        boolean all = freeze.modules().contains(ModuleSelector.ALL);
        if (!all) {
            report("freeze_trainable_modules", freeze.modules(), layerModules, problems);
        }
        report("freeze_extra_modules", freeze.extraModules(), otherModules, problems);
        if (freeze.layers() == 0 && freeze.extraModules().isEmpty()) {
            problems.add(new Problem(
                    "freeze_trainable_layers",
                    "0",
                    "",
                    "freeze_trainable_layers is 0 and freeze_extra_modules is empty: nothing would train. A positive "
                            + "number trains the last layers, a negative one the first.",
                    ""));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new FreezeSelection(prefixes(decoder.config(), freeze, all), extras(decoder, freeze.extraModules()));
    }

    boolean trains(Parameter parameter) {
        return names.contains(parameter.name())
                || prefixes.stream().anyMatch(prefix -> parameter.name().startsWith(prefix));
    }

    private static void sort(Names layout, String name, Set<String> layerModules, Set<String> otherModules) {
        String[] parts = name.split("\\.");
        int block = layout.blockOf(name);
        if (block >= 0) {
            String inside = name.substring(layout.block(block).length() + 1);
            layerModules.add(inside.substring(0, inside.indexOf('.')));
        } else {
            otherModules.add(parts[parts.length - 2]);
        }
    }

    private static void report(String key, List<String> wished, Set<String> known, List<Problem> problems) {
        for (String name : wished) {
            if (!known.contains(name)) {
                problems.add(new Problem(
                        key,
                        name,
                        "",
                        key + ": this model has no module \"" + name + "\" there. Known: " + String.join(", ", known)
                                + (key.endsWith("trainable_modules") ? ", or all." : "."),
                        ""));
            }
        }
    }

    private static List<String> prefixes(ModelConfig config, TuningRequest.Freeze freeze, boolean all) {
        int depth = config.sizes().layers();
        int count = Math.min(Math.abs(freeze.layers()), depth);
        int first = freeze.layers() > 0 ? depth - count : 0;
        List<String> prefixes = new ArrayList<>();
        for (int layer = first; layer < first + count; layer++) {
            String prefix = config.names().block(layer) + ".";
            if (all) {
                prefixes.add(prefix);
            } else {
                freeze.modules().forEach(module -> prefixes.add(prefix + module + "."));
            }
        }
        return prefixes;
    }

    private static Set<String> extras(Decoder decoder, Collection<String> modules) {
        Set<String> names = new LinkedHashSet<>();
        for (Parameter parameter : decoder.parameters().all()) {
            if (modules.stream().anyMatch(parameter.name()::contains)) {
                names.add(parameter.name());
            }
        }
        decoder.parameters().ties().forEach((alias, target) -> {
            if (modules.stream().anyMatch(alias::contains)) {
                names.add(target);
            }
        });
        return names;
    }
}
