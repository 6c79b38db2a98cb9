package dev.finetune4j.core.model.attention;

/** Slopes of attention with linear biases (Press et al. 2022, section 3): a geometric series over the heads. */
public final class LinearBiases {
    private LinearBiases() {}

    /** One slope a head; for numbers of heads that are no power of two, every second of the next power fills up. */
    public static double[] slopes(int heads) {
        int power = Integer.highestOneBit(heads);
        double[] slopes = new double[heads];
        double base = base(power);
        double finer = base(2 * power);
        for (int i = 0; i < heads; i++) {
            slopes[i] = i < power ? Math.pow(base, i + 1) : Math.pow(finer, 2 * (i - power) + 1);
        }
        return slopes;
    }

    private static double base(int power) {
        return Math.pow(2, -Math.pow(2, -(Math.log(power) / Math.log(2) - 3)));
    }
}
