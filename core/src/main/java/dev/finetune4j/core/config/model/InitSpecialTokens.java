package dev.finetune4j.core.config.model;

/** What the embedding row of a new token starts with. */
public enum InitSpecialTokens {
    /** The mean of the rows there are, and noise. */
    NOISE_INIT,
    /** The mean of the rows of its description's tokens. */
    DESC_INIT,
    /** The same, and noise. */
    DESC_INIT_W_NOISE;

    /** Whether descriptions are read. */
    public boolean describes() {
        return this != NOISE_INIT;
    }
}
