package dev.finetune4j.core.tuning;

import java.nio.file.Path;
import java.util.List;

/**
 * What a run asks of its {@link TuningMethod}; each reads the parts it knows.
 *
 * @param baseModel name or path of the base model, as written into adapter folders
 * @param lora how LoRA adapts linear maps
 * @param freeze which layers freeze tuning trains
 * @param additionalTarget modules trained whole beside an adapter; an entry matches the end of a module's name
 * @param adapterFolders adapters to load, in order: all but the last are merged, the last one is trained on
 * @param createNewAdapter merge the last one as well and train a fresh adapter
 * @param pureBf16 keep trainable parameters in the dtype of the checkpoint instead of raising them to fp32
 * @param seed keys fresh weights, each by its own name
 * @param carriesTables whether an adapter stores embedding and head even where they do not train, because they are not those of
 *     the base model's files
 */
public record TuningRequest(
        String baseModel,
        Lora lora,
        Freeze freeze,
        List<String> additionalTarget,
        List<Path> adapterFolders,
        boolean createNewAdapter,
        boolean pureBf16,
        long seed,
        boolean carriesTables) {
    public TuningRequest {
        additionalTarget = List.copyOf(additionalTarget);
        adapterFolders = List.copyOf(adapterFolders);
    }

    /** A request with the defaults of the settings, for the base model of that name. */
    public static TuningRequest of(String baseModel, long seed) {
        return new TuningRequest(
                baseModel, Lora.DEFAULT, Freeze.DEFAULT, List.of(), List.of(), false, false, seed, false);
    }

    public TuningRequest with(Lora newLora) {
        return new TuningRequest(
                baseModel,
                newLora,
                freeze,
                additionalTarget,
                adapterFolders,
                createNewAdapter,
                pureBf16,
                seed,
                carriesTables);
    }

    public TuningRequest with(Freeze newFreeze) {
        return new TuningRequest(
                baseModel,
                lora,
                newFreeze,
                additionalTarget,
                adapterFolders,
                createNewAdapter,
                pureBf16,
                seed,
                carriesTables);
    }

    public TuningRequest withAdditionalTarget(List<String> modules) {
        return new TuningRequest(
                baseModel, lora, freeze, modules, adapterFolders, createNewAdapter, pureBf16, seed, carriesTables);
    }

    /** Starts from stored adapters. */
    public TuningRequest withAdapters(List<Path> folders, boolean createNew) {
        return new TuningRequest(
                baseModel, lora, freeze, additionalTarget, folders, createNew, pureBf16, seed, carriesTables);
    }

    public TuningRequest withPureBf16(boolean pure) {
        return new TuningRequest(
                baseModel, lora, freeze, additionalTarget, adapterFolders, createNewAdapter, pure, seed, carriesTables);
    }

    /**
     * How LoRA adapts linear maps.
     *
     * @param rank width r of the update, ≥ 1
     * @param alpha numerator of the scale α/r
     * @param dropout drop probability on the adapter's input, in [0, 1)
     * @param targets module names, or {@code all}
     * @param rankStabilised scale by α/√r instead (Kalajdzievski 2023)
     */
    public record Lora(int rank, double alpha, double dropout, List<String> targets, boolean rankStabilised) {
        public static final Lora DEFAULT = new Lora(8, 16, 0, List.of(ModuleSelector.ALL), false);

        public Lora {
            if (rank < 1 || dropout < 0 || dropout >= 1) {
                throw new IllegalArgumentException("rank " + rank + ", dropout " + dropout);
            }
            targets = List.copyOf(targets);
        }
    }

    /**
     * Which layers freeze tuning trains.
     *
     * @param layers n &gt; 0: the last n, n &lt; 0: the first |n|
     * @param modules direct submodules of such a layer, or {@code all}
     * @param extraModules modules outside the layers
     */
    public record Freeze(int layers, List<String> modules, List<String> extraModules) {
        public static final Freeze DEFAULT = new Freeze(2, List.of(ModuleSelector.ALL), List.of());

        public Freeze {
            modules = List.copyOf(modules);
            extraModules = List.copyOf(extraModules);
        }
    }
}
