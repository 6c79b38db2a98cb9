package dev.finetune4j.core.model.config;

/**
 * Multi-head latent attention (DeepSeek-AI 2024, section 2.1): keys and values are made of one narrow vector per token.
 *
 * @param queryRank width of the queries' narrow vector; 0 where queries are projected at once
 * @param keyValueRank width of the narrow vector of keys and values
 * @param plainDim width of the part of a query's or key's head that is not rotated
 * @param rotatedDim width of the part that is; its key is shared by all heads
 * @param valueDim width of a value's head
 * @param normEpsilon ε of the norms of the narrow vectors
 * @param bias whether the maps to the narrow vectors and the output map have biases
 */
public record LatentConfig(
        int queryRank, int keyValueRank, int plainDim, int rotatedDim, int valueDim, double normEpsilon, boolean bias) {
    /** Width of a query's or key's head. */
    public int queryDim() {
        return plainDim + rotatedDim;
    }
}
