package dev.finetune4j.core.model.experts.routing;

import org.bytedeco.pytorch.Tensor;

/**
 * What a router decided, one row a token.
 *
 * @param ids chosen experts {@code [tokens, perToken]}, int64
 * @param weights theirs, {@code [tokens, perToken]}, in the dtype of the logits
 */
public record Routing(Tensor ids, Tensor weights) {}
