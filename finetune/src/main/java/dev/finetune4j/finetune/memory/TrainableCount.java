package dev.finetune4j.finetune.memory;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.FreezeArguments;
import dev.finetune4j.core.model.build.ModelShapes;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.tuning.ModuleSelector;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What trains, counted from names and shapes alone, by the rules of the tuning methods.
 *
 * @param parameters elements that train
 * @param beside elements among them that lie beside the model's own weights
 * @param lowestBlock first block whose activations a backward pass needs; the number of blocks where none does
 */
public record TrainableCount(long parameters, long beside, int lowestBlock) {
    private static final List<String> ADAPTER_TENSORS = List.of("adapter_model.safetensors", "adapter_model.bin");

    /**
     * Counts.
     *
     * @param whole modules that train whole beside an adapter
     */
    public static TrainableCount of(ModelConfig config, FineTuneArguments arguments, List<String> whole) {
        return switch (arguments.finetuning().finetuningType()) {
            case FULL -> count(config, (name, shape) -> ModelShapes.elements(shape));
            case FREEZE -> freeze(config, arguments.finetuning().freeze());
            case LORA -> lora(config, arguments, whole);
        };
    }

    private static TrainableCount lora(ModelConfig config, FineTuneArguments arguments, List<String> whole) {
        Path stored = trainedOn(arguments);
        if (stored != null) {
            for (String name : ADAPTER_TENSORS) {
                if (Files.isRegularFile(stored.resolve(name))) {
                    return stored(stored.resolve(name));
                }
            }
        }
        ModuleSelector selector =
                new ModuleSelector("lora_target", arguments.finetuning().lora().loraTarget());
        List<String> targets = arguments.finetuning().lora().loraTarget();
        long rank = arguments.finetuning().lora().loraRank();
        LinearMaps maps = new LinearMaps(config);
        TrainableCount count = count(config, (name, shape) -> {
            boolean tiedHead = config.tied() && name.equals(embedding(config)) && inside(head(config), whole);
            if (tiedHead || inside(name, whole)) {
                return ModelShapes.elements(shape);
            }
            if (!maps.contain(name, shape)) {
                return 0;
            }
            String module = LinearMaps.module(name, shape);
            boolean chosen = selector.isAll() || targets.stream().anyMatch(t -> ModuleSelector.matches(module, t));
            return chosen ? rank * LinearMaps.factors(shape) : 0;
        });
        return new TrainableCount(count.parameters, count.parameters, count.lowestBlock);
    }

    /** The adapter folder that training goes on with; null where a fresh one is made. */
    private static @Nullable Path trainedOn(FineTuneArguments arguments) {
        List<Path> folders = arguments.model().adapterFolders();
        boolean fresh = folders.isEmpty() || arguments.finetuning().adapter().createNewAdapter();
        return fresh ? null : folders.get(folders.size() - 1);
    }

    /** Reads the header only. */
    private static TrainableCount stored(Path file) {
        try (WeightSource tensors = WeightFolder.openFile(file)) {
            long count = tensors.entries().entrySet().stream()
                    // What PEFT stores once more under the names inside its wrapper.
                    .filter(entry -> !entry.getKey().contains(".modules_to_save.")
                            && !entry.getKey().contains(".original_module."))
                    .mapToLong(entry -> ModelShapes.elements(entry.getValue().shape()))
                    .sum();
            return new TrainableCount(count, count, 0);
        }
    }

    private static TrainableCount freeze(ModelConfig config, FreezeArguments freeze) {
        int layers = config.sizes().layers();
        int wanted = Math.min(layers, Math.abs(freeze.freezeTrainableLayers()));
        int from = freeze.freezeTrainableLayers() > 0 ? layers - wanted : 0;
        List<String> modules = freeze.freezeTrainableModules();
        List<String> extras = freeze.freezeExtraModules();
        return count(config, (name, shape) -> {
            boolean tiedHead = config.tied() && name.equals(embedding(config));
            boolean extra = extras.stream()
                    .anyMatch(e -> name.contains(e) || (tiedHead && head(config).contains(e)));
            int number = config.names().blockOf(name);
            boolean layer = number >= from && number < from + wanted;
            boolean module = modules.contains(ModuleSelector.ALL)
                    || modules.stream()
                            .anyMatch(m -> name.startsWith(config.names().block(number) + "." + m + "."));
            return extra || (layer && module) ? ModelShapes.elements(shape) : 0;
        });
    }

    private static TrainableCount count(ModelConfig config, ToLongBiFunction<String, long[]> trained) {
        long sum = 0;
        int lowest = config.sizes().layers();
        for (var entry : ModelShapes.of(config).all().entrySet()) {
            long elements =
                    neverTrains(entry.getKey(), config) ? 0 : trained.applyAsLong(entry.getKey(), entry.getValue());
            sum += elements;
            if (elements > 0) {
                lowest = Math.min(lowest, block(entry.getKey(), config));
            }
        }
        return new TrainableCount(sum, 0, lowest);
    }

    /** The stored bias of a router's choice, which has no gradient. */
    private static boolean neverTrains(String name, ModelConfig config) {
        ExpertConfig experts = config.experts();
        return experts != null
                && config.names().blockOf(name) >= 0
                && name.endsWith(
                        "." + experts.names().module() + "." + experts.names().correction());
    }

    /** Number of the block that owns a tensor; 0 for the embedding, whose gradient crosses every block. */
    private static int block(String name, ModelConfig config) {
        int number = config.names().blockOf(name);
        if (number >= 0) {
            return number;
        }
        return name.equals(embedding(config)) ? 0 : config.sizes().layers();
    }

    private static String embedding(ModelConfig config) {
        return config.names().embedding() + ".weight";
    }

    private static String head(ModelConfig config) {
        return config.names().head() + ".weight";
    }

    /** Whether a tensor lies in a module whose name ends with one of the given ones, be it in the middle of a word. */
    private static boolean inside(String name, List<String> endings) {
        for (int end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
            String module = name.substring(0, end);
            if (endings.stream().anyMatch(module::endsWith)) {
                return true;
            }
        }
        return false;
    }
}
