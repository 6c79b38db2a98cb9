/**
 * Routers: from a token's hidden state to a few experts and their weights, by every rule that checkpoints know, with the
 * gradient of each written out; and the load-balancing loss over the routers of a model.
 */
@NullMarked
package dev.finetune4j.core.model.experts.routing;

import org.jspecify.annotations.NullMarked;
