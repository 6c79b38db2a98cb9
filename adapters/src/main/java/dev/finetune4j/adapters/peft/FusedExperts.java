package dev.finetune4j.adapters.peft;

import dev.finetune4j.adapters.peft.StackLayout.Sides;
import dev.finetune4j.adapters.peft.UnfusedExperts.Fused;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Adapters that PEFT made beside transformers 5, which fuses experts in memory, for checkpoints whose files hold each expert
 * by itself: {@code target_parameters} on {@code mlp.experts.gate_up_proj} and {@code mlp.experts.down_proj}. They become
 * adapters of the experts' own maps, so config and names say the same in the way in which they are written.
 */
final class FusedExperts {
    private static final String MODULE = ".mlp.experts";
    private static final String GATE_UP = MODULE + ".gate_up_proj";
    private static final String DOWN = MODULE + ".down_proj";

    private final ModelConfig model;
    private final ExpertConfig experts;
    private final PeftConfig config;
    private final Map<String, Integer> ranks = new LinkedHashMap<>();
    private final Map<String, Double> alphas = new LinkedHashMap<>();

    FusedExperts(ModelConfig model, ExpertConfig experts, PeftConfig config) {
        this.model = model;
        this.experts = experts;
        this.config = config;
    }

    /** Whether a config names fused tensors of a model whose checkpoint holds experts apart. */
    static boolean in(ModelConfig model, PeftConfig config) {
        ExpertConfig experts = model.experts();
        return experts != null
                && experts.storage() == Storage.SEPARATE
                && !new FusedExperts(model, experts, config)
                        .tensors(StackLayout.WRITTEN)
                        .isEmpty();
    }

    /** The file with each expert's factors by themselves. */
    WeightSource unfuse(Path path, WeightSource file) {
        List<Fused> all = new ArrayList<>();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        file.entries().forEach((name, entry) -> shapes.put(name, entry.shape()));
        List<Sides> sides = new ArrayList<>();
        tensors(StackLayout.WRITTEN).values().forEach(t -> sides.add(new Sides(t.loraA(), t.out(), t.in())));
        StackLayout layout = StackLayout.of(path, sides, shapes, config.version());
        UnfusedExperts unfused = new UnfusedExperts(file);
        tensors(layout).forEach((tensor, fused) -> {
            if (unfused.fits(fused)) {
                spread(unfused, tensor, fused);
            }
        });
        return unfused;
    }

    /** The fused tensors that are adapted, by name. */
    private Map<String, Fused> tensors(StackLayout layout) {
        Map<String, Fused> tensors = new LinkedHashMap<>();
        long hidden = model.sizes().hidden();
        for (int i = 0; i < model.sizes().layers(); i++) {
            String block = model.names().block(i);
            boolean down = config.targets().matchParameter(block + DOWN);
            if (model.hasExperts(i) && config.targets().matchParameter(block + GATE_UP)) {
                String module = block + MODULE + (down ? ExpertStacks.INNER : "");
                tensors.put(block + GATE_UP, fused(module, block + GATE_UP, 2L * experts.width(), hidden, layout));
            }
            if (model.hasExperts(i) && down) {
                tensors.put(block + DOWN, fused(block + MODULE, block + DOWN, hidden, experts.width(), layout));
            }
        }
        return tensors;
    }

    private Fused fused(String module, String tensor, long out, long in, StackLayout layout) {
        return new Fused(module, experts.count(), out, in, config.rankOf(tensor), layout);
    }

    private List<String> maps(String tensor) {
        ExpertConfig.Names names = experts.names();
        return tensor.endsWith(DOWN) ? List.of(names.down()) : List.of(names.gate(), names.up());
    }

    private void spread(UnfusedExperts unfused, String tensor, Fused fused) {
        String block = model.names().block(model.names().blockOf(tensor));
        List<String> maps = maps(tensor);
        long rows = fused.out() / maps.size();
        for (int e = 0; e < experts.count(); e++) {
            for (int m = 0; m < maps.size(); m++) {
                unfused.add(fused, e, module(block) + "." + e + "." + maps.get(m), m * rows, rows);
            }
        }
    }

    private String module(String block) {
        return block + "." + experts.names().module() + "." + experts.names().experts();
    }

    /** The config with each expert's maps by themselves. */
    PeftConfig config() {
        List<String> kinds = new ArrayList<>();
        for (String tensor : tensors(StackLayout.WRITTEN).keySet()) {
            maps(tensor).stream().filter(map -> !kinds.contains(map)).forEach(kinds::add);
            keepNumbers(tensor);
        }
        ranks.putAll(config.rankPattern());
        alphas.putAll(config.alphaPattern());
        PeftTargets targets = config.targets();
        String own = ".*" + quoted(module("")) + "\\.\\d+\\.(" + either(kinds) + ")";
        PeftTargets.Names modules = new PeftTargets.Names(List.of(), join(targets.modules(), own));
        List<String> parameters = targets.parameters().stream()
                .filter(name -> !(GATE_UP.endsWith(name) || name.endsWith(GATE_UP)))
                .filter(name -> !(DOWN.endsWith(name) || name.endsWith(DOWN)))
                .toList();
        return config.with(
                new PeftTargets(modules, targets.exclude(), targets.layers(), targets.layersPattern(), parameters),
                ranks,
                alphas);
    }

    /** Rank and alpha of a fused tensor, under its experts' names where those would get others. */
    private void keepNumbers(String tensor) {
        String module = module(model.names().block(model.names().blockOf(tensor)));
        String names = quoted(module) + "\\.\\d+\\.(" + either(maps(tensor)) + ")";
        for (String map : maps(tensor)) {
            String one = module + ".0." + map;
            if (config.rankOf(one) != config.rankOf(tensor)) {
                ranks.put(names, config.rankOf(tensor));
            }
            if (config.alphaOf(one) != config.alphaOf(tensor)) {
                alphas.put(names, config.alphaOf(tensor));
            }
        }
    }

    private static String join(PeftTargets.Names modules, String own) {
        if (!modules.pattern().isEmpty()) {
            return modules.pattern().equals(PeftTargets.ALL_LINEAR) ? ".*" : "(" + modules.pattern() + ")|" + own;
        }
        return modules.list().isEmpty() ? own : "(.*\\.)?(" + either(modules.list()) + ")|" + own;
    }

    private static String either(List<String> names) {
        return names.stream().map(FusedExperts::quoted).collect(Collectors.joining("|"));
    }

    private static String quoted(String name) {
        return name.replace(".", "\\.");
    }
}
