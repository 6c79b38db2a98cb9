package dev.finetune4j.finetune.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.model.RopeScaling;
import dev.finetune4j.core.model.config.ConfigFile;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stretches the rotary positions of a config as LLaMA-Factory does: only where rows may be longer than the model was made
 * for, by the quotient of the two lengths, rounded up. The longest position grows by the same factor.
 */
final class RopeOverride {
    private static final Logger LOG = LoggerFactory.getLogger(RopeOverride.class);
    private static final String LONGEST = "max_position_embeddings";
    private static final String ORIGINAL = "original_max_position_embeddings";

    private RopeOverride() {}

    /** The config with the scaling that the arguments ask for; the same one where they ask for none or none is needed. */
    static ConfigFile apply(ConfigFile file, Path folder, FineTuneArguments arguments) {
        RopeScaling wanted = arguments.model().attention().ropeScaling();
        if (wanted == null) {
            return file;
        }
        int original = file.size(ORIGINAL, file.size(LONGEST));
        int cutoff = cutoff(arguments);
        if (cutoff <= original) {
            LOG.info(
                    "rope_scaling has no effect: cutoff_len {} does not exceed the {} tokens that the model was made for",
                    cutoff,
                    original);
            return file;
        }
        int factor = (cutoff + original - 1) / original;
        ObjectNode root = file.root().deepCopy();
        root.put(LONGEST, original * factor);
        // Both generations of keys hold the base; one object remains so that no second one can disagree.
        double theta = file.read().rope().theta();
        root.remove(ORIGINAL);
        root.remove("rope_parameters");
        root.remove("rope_scaling");
        root.put("rope_theta", theta);
        scaling(root.putObject("rope_scaling"), wanted, original, factor).put("rope_theta", theta);
        return new ConfigFile(folder.resolve("config.json").toString(), root);
    }

    private static ObjectNode scaling(ObjectNode scaling, RopeScaling wanted, int original, int factor) {
        scaling.put("rope_type", wanted.name().toLowerCase(Locale.ROOT)).put("factor", (double) factor);
        if (wanted != RopeScaling.LINEAR) {
            scaling.put(ORIGINAL, original);
        }
        if (wanted == RopeScaling.LLAMA3) {
            scaling.put("low_freq_factor", 1.0).put("high_freq_factor", 4.0);
        }
        return scaling;
    }

    /** Explicit packing encodes to one token less, which is the length LLaMA-Factory's rule sees. */
    private static int cutoff(FineTuneArguments arguments) {
        int given = arguments.data().tokenizing().cutoffLen();
        return arguments.data().packing().explicit() ? given - 1 : given;
    }
}
