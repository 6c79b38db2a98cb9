package dev.finetune4j.core.model.config;

/**
 * A norm: its kind and ε.
 *
 * @param epsilon added to the mean square or the variance
 */
public record NormConfig(Kind kind, double epsilon) {
    /** What is computed; the kinds of RMS norm differ in where they round, which bf16 shows. */
    public enum Kind {
        /** {@code w · round(x / rms(x))}. */
        RMS,
        /** {@code round(w · x / rms(x))}: the weight is applied in fp32. */
        RMS_WIDE,
        /** {@code round((1 + w) · x / rms(x))}: the stored weight is an offset. */
        RMS_OFFSET,
        /** {@code round(x / rms(x))}: no parameter. */
        RMS_PLAIN,
        /** Mean and variance, weight and bias. */
        LAYER,
        /** Mean and variance, weight but no bias. */
        LAYER_UNBIASED,
        /** Mean and variance, {@code 1 + weight} and bias: the stored weight is an offset. */
        LAYER_OFFSET,
        /** Mean and variance, no parameter. */
        LAYER_PLAIN;

        public boolean hasWeight() {
            return this != RMS_PLAIN && this != LAYER_PLAIN;
        }

        public boolean hasBias() {
            return this == LAYER || this == LAYER_OFFSET;
        }

        /** Whether the mean is taken off first. */
        public boolean centres() {
            return this == LAYER || this == LAYER_UNBIASED || this == LAYER_OFFSET || this == LAYER_PLAIN;
        }

        /** Whether one is added to the stored weight. */
        public boolean isOffset() {
            return this == RMS_OFFSET || this == LAYER_OFFSET;
        }
    }
}
