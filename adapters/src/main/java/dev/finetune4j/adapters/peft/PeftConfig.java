package dev.finetune4j.adapters.peft;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code adapter_config.json} says of a LoRA adapter.
 *
 * @param baseModel {@code base_model_name_or_path}; may be empty
 * @param rank {@code r}
 * @param alpha {@code lora_alpha}
 * @param dropout {@code lora_dropout}
 * @param rankStabilised {@code use_rslora}: scale by α/√r instead of α/r
 * @param targets which modules carry an adapter
 * @param rankPattern ranks of single modules, by regular expression on the end of a module's name; the first that matches
 *     counts
 * @param alphaPattern alphas of single modules, likewise
 * @param modulesToSave ends of the names of modules that were trained whole
 * @param tied {@code ensure_weight_tying}: head and embedding are one matrix
 * @param fanInFanOut {@code fan_in_fan_out}: the adapted matrices are stored {@code [in, out]}, which changes nothing of the
 *     factors
 * @param version {@code peft_version}: which PEFT wrote the file; empty where it does not say, and in files from here
 */
public record PeftConfig(
        String baseModel,
        int rank,
        double alpha,
        double dropout,
        boolean rankStabilised,
        PeftTargets targets,
        Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern,
        List<String> modulesToSave,
        boolean tied,
        boolean fanInFanOut,
        String version) {
    static final String FILE = "adapter_config.json";

    /** The drop probability where {@code lora_dropout} must be zero because PEFT knows no dropout on tensors of experts. */
    static final String OWN_DROPOUT = "finetune4j_lora_dropout";

    public PeftConfig {
        // LinkedHashMap's order matters: of several patterns that match, the first counts.
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
        modulesToSave = List.copyOf(modulesToSave);
    }

    /** Rank of the adapter of a module, or of each matrix of a tensor of stacked experts. */
    public int rankOf(String module) {
        Integer special = firstMatch(rankPattern, module);
        return special == null ? rank : special;
    }

    /** Alpha of such an adapter. */
    public double alphaOf(String module) {
        Double special = firstMatch(alphaPattern, module);
        return special == null ? alpha : special;
    }

    /** The same for other modules, with other exceptions. */
    PeftConfig with(PeftTargets other, Map<String, Integer> ranks, Map<String, Double> alphas) {
        return new PeftConfig(
                baseModel,
                rank,
                alpha,
                dropout,
                rankStabilised,
                other,
                ranks,
                alphas,
                modulesToSave,
                tied,
                fanInFanOut,
                version);
    }

    /** Scale s of such an adapter, from its own rank and alpha. */
    public double scaleOf(String module) {
        int r = rankOf(module);
        return alphaOf(module) / (rankStabilised ? Math.sqrt(r) : r);
    }

    private static <V> @Nullable V firstMatch(Map<String, V> patterns, String module) {
        for (Map.Entry<String, V> entry : patterns.entrySet()) {
            if (module.matches("(.*\\.)?(" + entry.getKey() + ")")) {
                return entry.getValue();
            }
        }
        return null;
    }
}
