package dev.finetune4j.core.config.model;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which model is tuned.
 *
 * @param modelNameOrPath folder with {@code config.json}, weights and tokenizer, or the name of such a repository on a hub,
 *     or a name of LLaMA-Factory's list such as {@code Qwen2.5-0.5B-Instruct}, which also brings its template. Required.
 *     Default: none
 * @param adapterNameOrPath adapter folders to start from, in order; all but the last are merged into the base, the last
 *     is trained further (see {@code create_new_adapter}). Default: none
 * @param adapterFolder sub-folder of each of {@code adapter_name_or_path} that holds the adapter. Default: none
 * @param trainFromScratch draw random weights from the model's {@code config.json} instead of reading any. Default:
 *     false
 * @param trustRemoteCode accepted for compatibility; the model families are part of the library and no code is ever
 *     loaded from a model folder. Default: false
 * @param moeAuxLossCoef factor of the load-balancing loss of a mixture of experts, which is then part of the training loss;
 *     ≥ 0. None and 0 leave the choice to the checkpoint's {@code output_router_logits}. Default: none
 * @param printParamStatus log name, dtype, device and trainability of every parameter before the first step. Default:
 *     false
 * @param vocabulary tokens that it gets on top of its own
 * @param hub where it comes from if it is no local folder
 * @param attention how far and by which kernel tokens see each other
 * @param memory what the walk keeps and what it computes again
 * @param precision in which dtypes weights are held
 */
public record ModelArguments(
        @Nullable String modelNameOrPath,
        List<String> adapterNameOrPath,
        @Nullable String adapterFolder,
        @Default("false") boolean trainFromScratch,

        @Equivalent("no code is loaded from a model folder; its family is built in") @Default("false")
        boolean trustRemoteCode,

        @Nullable Double moeAuxLossCoef,
        @Default("false") boolean printParamStatus,
        VocabularyArguments vocabulary,
        HubArguments hub,
        AttentionArguments attention,
        MemoryArguments memory,
        PrecisionArguments precision) {
    public ModelArguments {
        new Check().atLeast("moe_aux_loss_coef", moeAuxLossCoef, 0).done();
        adapterNameOrPath = List.copyOf(adapterNameOrPath);
    }

    /** The folders of {@code adapter_name_or_path}, in order, or of each the sub-folder {@code adapter_folder}. */
    public List<Path> adapterFolders() {
        return adapterNameOrPath.stream()
                .map(Path::of)
                .map(path -> adapterFolder == null ? path : path.resolve(adapterFolder))
                .toList();
    }
}
