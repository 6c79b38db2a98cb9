package dev.finetune4j.core.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import org.jspecify.annotations.Nullable;

/** Turns what a GGUF file says of rotary embeddings, keys and tensors of divisors, into {@code rope_theta} and {@code rope_scaling}. */
final class RopeKeys {
    private static final String DIVISORS = "rope_freqs.weight";
    private static final String LONG = "rope_factors_long.weight";
    private static final String SHORT = "rope_factors_short.weight";
    private static final double DEFAULT_THETA = 10000;
    /** Llama 3's choice of which wavelengths are stretched, in its every version. */
    private static final double LOW_FACTOR = 1;

    private static final double HIGH_FACTOR = 4;
    private static final int ORIGINAL_POSITIONS = 8192;
    private static final double FIT = 1e-4;

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final ConfigValues values;

    RopeKeys(GgufFile file, ConfigValues values) {
        this.file = file;
        this.metadata = file.metadata();
        this.values = values;
    }

    /** Adds what the file says to a config. */
    void addTo(ObjectNode config) {
        double theta = metadata.number(values.key("rope.freq_base"), DEFAULT_THETA);
        config.put("rope_theta", theta);
        ObjectNode scaling = config.objectNode();
        if (file.tensors().containsKey(LONG)) {
            longRope(scaling);
        } else if (file.tensors().containsKey(DIVISORS) && stretches(floats(DIVISORS))) {
            llama3(scaling, floats(DIVISORS), theta);
        } else {
            fromKeys(scaling);
        }
        if (!scaling.isEmpty()) {
            config.set("rope_scaling", scaling);
        }
    }

    private void fromKeys(ObjectNode scaling) {
        String typeKey = values.key("rope.scaling.type");
        double factor =
                metadata.number(values.key("rope.scaling.factor"), metadata.number(values.key("rope.scale_linear"), 0));
        String type = metadata.text(typeKey, factor > 0 && factor != 1 ? "linear" : "none");
        switch (String.valueOf(type)) {
            case "none" -> {}
            case "linear" -> scaling.put("rope_type", "linear").put("factor", factor(factor));
            case "yarn" -> yarn(scaling, factor(factor));
            case "longrope" ->
                throw new WeightException(metadata.where() + ": has the rope scaling \"longrope\" but no tensor " + LONG
                        + ". Take another copy of the model, or convert it again.");
            default ->
                throw new UnsupportedException(metadata.where() + ": the rope scaling \"" + type
                        + "\" is not one that can be read from GGUF files; those are none, linear, yarn and longrope. "
                        + "Take the model's safetensors from a hub instead.");
        }
    }

    private double factor(double factor) {
        if (!(factor > 0)) {
            throw metadata.problem(
                    values.key("rope.scaling.factor"), "is " + factor + " where a positive number is due.");
        }
        return factor;
    }

    private void yarn(ObjectNode scaling, double factor) {
        scaling.put("rope_type", "yarn").put("factor", factor);
        String original = values.key("rope.scaling.original_context_length");
        if (metadata.has(original)) {
            scaling.put("original_max_position_embeddings", metadata.integer(original));
        }
        copy(scaling, "yarn_beta_fast", "beta_fast");
        copy(scaling, "yarn_beta_slow", "beta_slow");
        double attention = metadata.number(values.key("rope.scaling.attn_factor"), 1);
        if (attention != 1) {
            scaling.put("attention_factor", attention * (1 + 0.1 * Math.log(factor)));
        }
        double multiplier = metadata.number(values.key("rope.scaling.yarn_log_multiplier"), 0);
        if (multiplier != 0) {
            // The file holds a tenth of the model's mscale_all_dim, which equals its mscale in every published model.
            double scale = Math.round(multiplier * 10 * 1e6) / 1e6;
            scaling.put("mscale", scale).put("mscale_all_dim", scale);
        }
    }

    private void copy(ObjectNode scaling, String from, String to) {
        String key = values.key("rope.scaling." + from);
        if (metadata.has(key)) {
            scaling.put(to, metadata.number(key, 0));
        }
    }

    private void longRope(ObjectNode scaling) {
        if (!file.tensors().containsKey(SHORT)) {
            throw new WeightException(metadata.where() + ": holds " + LONG + " but no " + SHORT
                    + ". Take another copy of the model, or convert it again.");
        }
        scaling.put("rope_type", "longrope");
        put(scaling.putArray("long_factor"), floats(LONG));
        put(scaling.putArray("short_factor"), floats(SHORT));
    }

    private static void put(ArrayNode array, float[] factors) {
        for (float factor : factors) {
            array.add(Double.parseDouble(Float.toString(factor)));
        }
    }

    private static boolean stretches(float[] divisors) {
        for (float divisor : divisors) {
            if (divisor != 1) {
                return true;
            }
        }
        return false;
    }

    /** Finds the settings whose divisors those of the file are: the factor is the largest, the rest is the same in every model. */
    private void llama3(ObjectNode scaling, float[] divisors, double theta) {
        float factor = 1;
        for (float divisor : divisors) {
            factor = Math.max(factor, divisor);
        }
        for (int i = 0; i < divisors.length; i++) {
            double expected = divisor(theta, (double) i / divisors.length, factor);
            if (!(Math.abs(divisors[i] - expected) <= FIT * expected)) {
                throw new UnsupportedException(metadata.where() + ": the tensor " + DIVISORS + " divides frequency " + i
                        + " by " + divisors[i] + " where Llama 3's scaling by " + factor + " divides by " + expected
                        + "; other tables cannot be said in a config.json. Take the model's safetensors from a hub "
                        + "instead.");
            }
        }
        scaling.put("rope_type", "llama3")
                .put("factor", (double) factor)
                .put("low_freq_factor", LOW_FACTOR)
                .put("high_freq_factor", HIGH_FACTOR)
                .put("original_max_position_embeddings", ORIGINAL_POSITIONS);
    }

    /** By what Llama 3.1 divides the frequency at {@code place} between 0 and 1. */
    private static double divisor(double theta, double place, double factor) {
        double wavelength = 2 * Math.PI * Math.pow(theta, place);
        if (wavelength < ORIGINAL_POSITIONS / HIGH_FACTOR) {
            return 1;
        }
        if (wavelength > ORIGINAL_POSITIONS / LOW_FACTOR) {
            return factor;
        }
        double smooth = (ORIGINAL_POSITIONS / wavelength - LOW_FACTOR) / (HIGH_FACTOR - LOW_FACTOR);
        return 1 / ((1 - smooth) / factor + smooth);
    }

    private float[] floats(String name) {
        @Nullable GgufTensor tensor = file.tensors().get(name);
        if (tensor == null || tensor.elements() > 1 << 16) {
            throw new WeightException(metadata.where() + ": the tensor " + name
                    + " is no list of rotary factors. Convert the model again.");
        }
        return file.floats(tensor);
    }
}
