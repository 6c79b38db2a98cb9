package dev.finetune4j.core.model.config;

import org.jspecify.annotations.Nullable;

/**
 * The rotary embedding and how it is stretched past the length a model was made for.
 *
 * @param dim elements of a head that are rotated; the rest stays as it is
 * @param interleaved whether neighbours form a pair, instead of an element and its counterpart half of {@code dim} later
 * @param theta base wavelength
 * @param scaling {@code default}, {@code linear}, {@code dynamic}, {@code yarn}, {@code llama3} or {@code longrope}
 * @param factor stretch; 1 without scaling
 * @param originalPositions length before stretching; for {@code dynamic} the length from which it begins
 * @param yarn extras of {@code yarn}
 * @param lowFrequency {@code low_freq_factor} of {@code llama3}
 * @param highFrequency {@code high_freq_factor} of {@code llama3}
 * @param longRope extras of {@code longrope}; null for the others
 */
public record RopeConfig(
        int dim,
        boolean interleaved,
        double theta,
        String scaling,
        double factor,
        double originalPositions,
        Yarn yarn,
        double lowFrequency,
        double highFrequency,
        @Nullable LongRope longRope) {

    /**
     * Extras of YaRN (Peng et al. 2023, section 3).
     *
     * @param betaFast rotations above which a frequency is left alone
     * @param betaSlow rotations below which it is fully interpolated
     * @param attentionFactor factor on cos and sin; already derived where the file gives none
     * @param truncate whether the ramp's ends are rounded to whole dimensions
     */
    public record Yarn(double betaFast, double betaSlow, double attentionFactor, boolean truncate) {
        public static final Yarn NONE = new Yarn(32, 1, 1, true);
    }

    /**
     * Extras of LongRoPE (Ding et al. 2024): a divisor for each frequency.
     *
     * @param within divisors {@code [dim / 2]} up to the original length
     * @param beyond divisors past it
     * @param attentionFactor factor on cos and sin
     */
    public record LongRope(double[] within, double[] beyond, double attentionFactor) {}

    /** No scaling. */
    public static RopeConfig plain(int dim, double theta) {
        return new RopeConfig(dim, false, theta, "default", 1, 0, Yarn.NONE, 1, 4, null);
    }

    /** The same with neighbours as pairs. */
    public RopeConfig asInterleaved() {
        return new RopeConfig(
                dim, true, theta, scaling, factor, originalPositions, yarn, lowFrequency, highFrequency, longRope);
    }

    /** Factor on cos and sin: 1 except under YaRN and LongRoPE. */
    public double attentionFactor() {
        if (longRope != null) {
            return longRope.attentionFactor;
        }
        return scaling.equals("yarn") ? yarn.attentionFactor : 1;
    }

    /**
     * Inverse frequencies {@code [dim / 2]} for a sequence of {@code length} tokens, in fp32 arithmetic as transformers
     * computes them; only {@code dynamic} and {@code longrope} depend on the length.
     */
    public float[] inverseFrequencies(int length) {
        return switch (scaling) {
            case "default" -> base(dim, theta);
            case "linear" -> scaled(base(dim, theta), 1 / factor);
            case "dynamic" -> base(dim, dynamicTheta(length));
            case "yarn" -> ramped();
            case "llama3" -> llama3(base(dim, theta));
            case "longrope" -> divided(length);
            default -> throw new IllegalStateException("rope scaling " + scaling);
        };
    }

    private float[] divided(int length) {
        LongRope extras = java.util.Objects.requireNonNull(longRope);
        double[] divisors = length > originalPositions ? extras.beyond : extras.within;
        float[] inverse = new float[dim / 2];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = 1f / ((float) divisors[i] * (float) Math.pow(theta, (float) (2 * i) / dim));
        }
        return inverse;
    }

    private static float[] base(int dim, double theta) {
        float[] inverse = new float[dim / 2];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = 1f / (float) Math.pow(theta, (float) (2 * i) / dim);
        }
        return inverse;
    }

    private static float[] scaled(float[] inverse, double by) {
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] *= (float) by;
        }
        return inverse;
    }

    /** "NTK-aware" base: grows with the sequence so that the lowest frequency spans it. */
    private double dynamicTheta(int length) {
        double longest = Math.max(length, originalPositions);
        double stretch = factor * longest / originalPositions - (factor - 1);
        return theta * Math.pow(stretch, dim / (dim - 2.0));
    }

    /** Interpolates low frequencies, keeps high ones, ramps between (YaRN, equations 17 to 20). */
    private float[] ramped() {
        double low = correction(yarn.betaFast);
        double high = correction(yarn.betaSlow);
        if (yarn.truncate) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, dim - 1);
        if (low == high) {
            high += 0.001;
        }
        float[] inverse = base(dim, theta);
        for (int i = 0; i < inverse.length; i++) {
            double ramp = Math.min(1, Math.max(0, (i - low) / (high - low)));
            inverse[i] = (float) (inverse[i] / factor * ramp + inverse[i] * (1 - ramp));
        }
        return inverse;
    }

    private double correction(double rotations) {
        return dim * Math.log(originalPositions / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    /** Divides long wavelengths by the factor, keeps short ones, blends between (Llama 3.1). */
    private float[] llama3(float[] inverse) {
        double longest = originalPositions / lowFrequency;
        double shortest = originalPositions / highFrequency;
        for (int i = 0; i < inverse.length; i++) {
            double wavelength = 2 * Math.PI / inverse[i];
            if (wavelength > longest) {
                inverse[i] = (float) (inverse[i] / factor);
            } else if (wavelength >= shortest) {
                double smooth = (originalPositions / wavelength - lowFrequency) / (highFrequency - lowFrequency);
                inverse[i] = (float) ((1 - smooth) * inverse[i] / factor + smooth * inverse[i]);
            }
        }
        return inverse;
    }
}
