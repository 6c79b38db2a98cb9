package dev.finetune4j.core.config.finetuning;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import java.util.List;

/**
 * Which layers freeze tuning trains.
 *
 * @param freezeTrainableLayers number of trained layers: n &gt; 0 the last n, n &lt; 0 the first |n|; not 0. Default: 2
 * @param freezeTrainableModules modules of such a layer that train ({@code self_attn}, {@code mlp}, …), or {@code all}.
 *     Default: all
 * @param freezeExtraModules modules outside the layers that train as well ({@code embed_tokens}, {@code norm},
 *     {@code lm_head}). Default: none
 */
public record FreezeArguments(
        @Default("2") int freezeTrainableLayers,
        @Default("all") List<String> freezeTrainableModules,
        List<String> freezeExtraModules) {
    public FreezeArguments {
        new Check()
                .that(
                        freezeTrainableLayers != 0,
                        "freeze_trainable_layers",
                        freezeTrainableLayers,
                        "must not be 0: a positive number counts from the end, a negative one from the start")
                .that(
                        !freezeTrainableModules.isEmpty(),
                        "freeze_trainable_modules",
                        freezeTrainableModules,
                        "must name at least one module, or be all")
                .done();
        freezeTrainableModules = List.copyOf(freezeTrainableModules);
        freezeExtraModules = List.copyOf(freezeExtraModules);
    }
}
