package dev.finetune4j.finetune.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.Compat;
import dev.finetune4j.core.config.model.RopeScaling;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.config.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Stretches the rotary positions of a config as LLaMA-Factory does: only where rows may be longer than the model was made
 * for, by the quotient of the two lengths, rounded up. The new scaling takes the place of any other; the base wavelength, the
 * rotated share of a head and the sections of positions in several dimensions stay. Where types of layers have rotary
 * embeddings of their own, those of full attention are stretched.
 *
 * <p>The longest position grows by the same factor, except that a {@code dynamic} scaling begins where that length ends, so
 * that it would do nothing within the longer one; LLaMA-Factory lets it grow all the same, which
 * {@code compat: llamafactory} repeats.
 */
final class RopeOverride {
    private static final List<String> LONGEST =
            List.of("max_position_embeddings", "max_sequence_length", "model_max_length", "seq_length");
    private static final String ORIGINAL = "original_max_position_embeddings";
    private static final String FULL = "full_attention";
    private static final String THETA = "rope_theta";
    private static final List<String> KEPT = List.of(THETA, "partial_rotary_factor", "mrope_section");
    /** Of latent attention, whose scores were scaled by them all through its training. */
    private static final List<String> KEPT_BY_YARN = List.of("mscale", "mscale_all_dim");

    private final ConfigFile file;
    private final RopeScaling wanted;
    private final boolean likeLlamaFactory;

    private RopeOverride(ConfigFile file, RopeScaling wanted, boolean likeLlamaFactory) {
        this.file = file;
        this.wanted = wanted;
        this.likeLlamaFactory = likeLlamaFactory;
    }

    /**
     * What became of a wish.
     *
     * @param file the config to read; the given one where nothing is stretched
     * @param note a sentence for the plan; null where nothing was asked for
     */
    record Outcome(ConfigFile file, @Nullable String note) {}

    /** The config with the scaling that the arguments ask for. */
    static Outcome apply(ConfigFile file, Path folder, FineTuneArguments arguments) {
        RopeScaling wanted = arguments.model().attention().ropeScaling();
        if (wanted == null) {
            return new Outcome(file, null);
        }
        boolean likeLlamaFactory = arguments.finetuning().compat() == Compat.LLAMAFACTORY;
        return new RopeOverride(file, wanted, likeLlamaFactory).stretch(folder, cutoff(arguments));
    }

    private Outcome stretch(Path folder, int cutoff) {
        if (file.read().ropes().isEmpty()) {
            return new Outcome(
                    file, "rope_scaling has no effect: " + file.text("model_type") + " has no rotary positions");
        }
        String longest = LONGEST.stream().filter(file::has).findFirst().orElse(LONGEST.get(0));
        String holder = file.has("rope_scaling") || !file.has("rope_parameters") ? "rope_scaling" : "rope_parameters";
        JsonNode old = current(file.root().path(holder));
        int original = original(old, longest);
        if (cutoff <= original) {
            return new Outcome(
                    file,
                    String.format(
                            Locale.ROOT,
                            "rope_scaling has no effect: cutoff_len %,d does not exceed the %,d tokens that the model was"
                                    + " made for",
                            cutoff,
                            original));
        }
        requireWritable();
        int factor = (cutoff + original - 1) / original;
        ObjectNode root = file.root().deepCopy();
        root.put(longest, stays() ? original : original * factor);
        // One object remains so that no second one can disagree.
        root.remove(ORIGINAL);
        root.remove(holder.equals("rope_scaling") ? "rope_parameters" : "rope_scaling");
        ObjectNode scaling = scaling(old, original, factor);
        if (old.hasNonNull("alpha")) {
            // Hunyuan's dynamic scaling with a constant stretch of the base, which is how the model was trained.
            double theta = file.read().rope().theta();
            scaling.put(THETA, theta);
            root.put(THETA, theta);
        }
        if (byLayerType(file.root().path(holder))) {
            ((ObjectNode) root.get(holder)).set(FULL, scaling);
        } else {
            root.set(holder, scaling);
        }
        return new Outcome(new ConfigFile(folder.resolve("config.json").toString(), root), note(old, original, factor));
    }

    /** Whether the longest position stays as it is. */
    private boolean stays() {
        return wanted == RopeScaling.DYNAMIC && !likeLlamaFactory;
    }

    /** The parameters in force: of layers with full attention, where types of layers have their own. */
    private static JsonNode current(JsonNode parameters) {
        return byLayerType(parameters) ? parameters.path(FULL) : parameters;
    }

    private static boolean byLayerType(JsonNode parameters) {
        return parameters.path(FULL).isObject()
                || parameters.path("sliding_attention").isObject();
    }

    /** Tokens that the model was made for, before any stretching that its config already has. */
    private int original(JsonNode old, String longest) {
        JsonNode inside = old.path(ORIGINAL);
        if (inside.canConvertToInt() && inside.intValue() > 0) {
            return inside.intValue();
        }
        if (file.has(ORIGINAL)) {
            return file.size(ORIGINAL);
        }
        return file.has(longest) ? file.size(longest) : file.read().sizes().maxPositions();
    }

    private ObjectNode scaling(JsonNode old, int original, int factor) {
        ObjectNode scaling = ((ObjectNode) file.root()).objectNode();
        scaling.put("rope_type", word(wanted)).put("factor", (double) factor);
        if (wanted != RopeScaling.LINEAR) {
            scaling.put(ORIGINAL, original);
        }
        if (wanted == RopeScaling.LLAMA3) {
            scaling.put("low_freq_factor", 1.0).put("high_freq_factor", 4.0);
        }
        keep(KEPT, old, scaling);
        if (wanted == RopeScaling.YARN && before(old).equals("yarn")) {
            keep(KEPT_BY_YARN, old, scaling);
        }
        return scaling;
    }

    private static void keep(List<String> keys, JsonNode old, ObjectNode scaling) {
        for (String key : keys) {
            if (old.hasNonNull(key)) {
                scaling.set(key, old.get(key));
            }
        }
    }

    private static String before(JsonNode old) {
        return old.path("rope_type").asText(old.path("type").asText("default"));
    }

    /** Configs of the Phi family take the name for their own kind of scaling, here and in transformers. */
    private void requireWritable() {
        String family = file.text("model_type");
        if (wanted == RopeScaling.YARN && family.startsWith("phi")) {
            throw new UnsupportedException("rope_scaling: yarn cannot be written into a config of " + family
                    + ", which reads that name as longrope. Use linear, dynamic or llama3.");
        }
    }

    private String note(JsonNode old, int original, int factor) {
        String before = before(old);
        boolean replaces = !before.equals("default") && !before.equals("mrope");
        return String.format(
                Locale.ROOT,
                "rope_scaling %s stretches %,d tokens to %,d%s%s",
                word(wanted),
                original,
                (long) original * factor,
                replaces ? ", in place of the model's own " + before : "",
                wanted != RopeScaling.DYNAMIC
                        ? ""
                        : stays()
                                ? "; rows within the shorter length see no change"
                                : "; as in LLaMA-Factory it begins where the longer one ends, so no row sees a change");
    }

    private static String word(RopeScaling scaling) {
        return scaling.name().toLowerCase(Locale.ROOT);
    }

    /** Explicit packing encodes to one token less, which is the length LLaMA-Factory's rule sees. */
    private static int cutoff(FineTuneArguments arguments) {
        int given = arguments.data().tokenizing().cutoffLen();
        return arguments.data().packing().explicit() ? given - 1 : given;
    }
}
