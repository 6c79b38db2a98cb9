package dev.finetune4j.core.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.jspecify.annotations.Nullable;

/**
 * Reads rotary embeddings from either generation of keys: {@code rope_parameters}, possibly one object for each type of layer,
 * or {@code rope_theta}, {@code rope_scaling} and {@code partial_rotary_factor}.
 */
public final class RopeReader {
    private static final String ORIGINAL = "original_max_position_embeddings";
    private static final String PARTIAL = "partial_rotary_factor";

    private final ConfigFile file;
    private final int headDim;
    private final double maxPositions;

    /**
     * @param headDim width of a head
     * @param maxPositions {@code max_position_embeddings}
     */
    public RopeReader(ConfigFile file, int headDim, int maxPositions) {
        this.file = file;
        this.headDim = headDim;
        this.maxPositions = maxPositions;
    }

    /** The embedding of all layers. */
    public RopeConfig read() {
        return read(parameters(null), file.number("rope_theta", 10000));
    }

    /**
     * The embedding of one type of layer.
     *
     * @param layerType such as {@code sliding_attention}
     * @param old its parameters in the older generation of keys; its theta where the newer has none
     */
    public RopeConfig read(String layerType, RopeConfig old) {
        JsonNode own = parameters(layerType);
        return own.isMissingNode() ? old : read(own, old.theta());
    }

    /** Whether the parameters fall by type of layer. */
    private boolean byLayerType() {
        JsonNode parameters = file.node("rope_parameters");
        return parameters.path("full_attention").isObject()
                || parameters.path("sliding_attention").isObject();
    }

    /** The old generation's plain embedding with another base. */
    public RopeConfig plain(double theta) {
        return RopeConfig.plain(dim(MissingNode.getInstance()), theta);
    }

    private JsonNode parameters(@Nullable String layerType) {
        String key = file.has("rope_scaling") ? "rope_scaling" : "rope_parameters";
        JsonNode parameters = file.node(key);
        if (file.has(key) && !parameters.isObject()) {
            throw file.problem(key, "is " + parameters + " where an object is due.");
        }
        if (layerType != null) {
            return file.node("rope_parameters").path(layerType);
        }
        return byLayerType() ? file.node("rope_parameters").path("full_attention") : parameters;
    }

    private int dim(JsonNode parameters) {
        double share = file.number(parameters, PARTIAL, file.number(PARTIAL, 1));
        int dim = (int) (headDim * share);
        if (share <= 0 || share > 1 || dim < 2 || dim % 2 != 0) {
            throw file.problem(
                    PARTIAL,
                    "is " + share + ", which leaves " + dim + " of the " + headDim
                            + " elements of a head to rotate; an even number is due.");
        }
        return dim;
    }

    private RopeConfig read(JsonNode parameters, double defaultTheta) {
        double theta = positive("rope_theta", file.number(parameters, "rope_theta", defaultTheta));
        int dim = dim(parameters);
        String type = type(parameters);
        if (type.equals("default") || type.equals("mrope")) {
            if (parameters.hasNonNull("factor")) {
                throw file.problem("rope_type", "is missing beside a \"factor\", which means nothing without it.");
            }
            return RopeConfig.plain(dim, theta);
        }
        return type.equals("dynamic") && parameters.hasNonNull("alpha")
                ? alpha(parameters, dim, theta)
                : scaled(parameters, type, dim, theta);
    }

    private String type(JsonNode parameters) {
        String type =
                parameters.path("rope_type").asText(parameters.path("type").asText("default"));
        String family = file.node("model_type").asText();
        boolean phi = family.equals("phi3") || family.equals("phimoe");
        return phi && (type.equals("su") || type.equals("yarn")) ? "longrope" : type;
    }

    /** Hunyuan's constant stretch of the base. */
    private RopeConfig alpha(JsonNode parameters, int dim, double theta) {
        double alpha = positive("alpha", file.number(parameters, "alpha", 1));
        return RopeConfig.plain(dim, theta * Math.pow(alpha, dim / (dim - 2.0)));
    }

    private RopeConfig scaled(JsonNode parameters, String type, int dim, double theta) {
        switch (type) {
            case "linear", "dynamic" -> needed(parameters, type, "factor");
            case "llama3" -> needed(parameters, type, "factor", "low_freq_factor", "high_freq_factor", ORIGINAL);
            case "longrope" -> needed(parameters, type, "short_factor", "long_factor");
            case "yarn" -> {}
            default ->
                throw file.problem(
                        "rope_type", "is \"" + type + "\"; known: default, linear, dynamic, yarn, llama3, longrope.");
        }
        double inside = file.number(parameters, ORIGINAL, maxPositions);
        double original = positive(ORIGINAL, file.number(ORIGINAL, inside));
        double factor = positive("factor", file.number(parameters, "factor", maxPositions / original));
        return new RopeConfig(
                dim,
                false,
                theta,
                type,
                factor,
                type.equals("dynamic") ? maxPositions : original,
                type.equals("yarn") ? yarn(parameters, factor) : RopeConfig.Yarn.NONE,
                file.number(parameters, "low_freq_factor", 1),
                file.number(parameters, "high_freq_factor", 4),
                type.equals("longrope") ? longRope(parameters, dim, original) : null);
    }

    private double positive(String key, double value) {
        if (!(value > 0)) {
            throw file.problem(key, "is " + value + " where a positive number is due.");
        }
        return value;
    }

    private void needed(JsonNode parameters, String type, String... keys) {
        for (String key : keys) {
            if (!parameters.hasNonNull(key) && !file.has(key)) {
                throw file.problem(key, "is missing from the rope scaling \"" + type + "\".");
            }
        }
    }

    private RopeConfig.Yarn yarn(JsonNode parameters, double factor) {
        double scale = file.number(parameters, "mscale", 0);
        double scaleAll = file.number(parameters, "mscale_all_dim", 0);
        double derived = scale != 0 && scaleAll != 0
                ? magnitude(factor, scale) / magnitude(factor, scaleAll)
                : magnitude(factor, 1);
        double fast = file.number(parameters, "beta_fast", 0);
        double slow = file.number(parameters, "beta_slow", 0);
        return new RopeConfig.Yarn(
                fast == 0 ? 32 : fast,
                slow == 0 ? 1 : slow,
                file.number(parameters, "attention_factor", derived),
                parameters.path("truncate").asBoolean(true));
    }

    /** YaRN's attention temperature, 0.1 · m · ln(factor) + 1. */
    static double magnitude(double factor, double m) {
        return factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1;
    }

    /**
     * The factor that latent attention puts on its scores beside the one on cos and sin: the square of
     * {@code mscale_all_dim}'s magnitude.
     */
    public double latentScale() {
        JsonNode parameters = parameters(null);
        double scaleAll = file.number(parameters, "mscale_all_dim", 0);
        if (scaleAll == 0 || type(parameters).equals("default")) {
            return 1;
        }
        double original = file.number(ORIGINAL, file.number(parameters, ORIGINAL, maxPositions));
        double m = magnitude(file.number(parameters, "factor", maxPositions / original), scaleAll);
        return m * m;
    }

    private RopeConfig.LongRope longRope(JsonNode parameters, int dim, double original) {
        double stretch = maxPositions / original;
        double derived = stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(original));
        return new RopeConfig.LongRope(
                divisors(parameters, "short_factor", dim),
                divisors(parameters, "long_factor", dim),
                file.number(parameters, "attention_factor", derived));
    }

    private double[] divisors(JsonNode parameters, String key, int dim) {
        JsonNode list = parameters.path(key);
        if (list.size() != dim / 2) {
            throw file.problem(key, "has " + list.size() + " numbers where " + dim / 2 + " are due.");
        }
        double[] divisors = new double[list.size()];
        for (int i = 0; i < divisors.length; i++) {
            if (!list.get(i).isNumber()) {
                throw file.problem(key, "holds " + list.get(i) + " where a number is due.");
            }
            divisors[i] = positive(key, list.get(i).doubleValue());
        }
        return divisors;
    }
}
