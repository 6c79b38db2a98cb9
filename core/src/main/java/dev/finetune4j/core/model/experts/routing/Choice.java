package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The experts of the largest scores, of the best groups where experts fall into groups (DeepSeek-AI 2024, section 2.2.2).
 *
 * @param experts how many there are; consecutive ones form a group
 * @param perToken how many are chosen
 * @param groups 1 for no grouping
 * @param chosenGroups groups that a token may choose from
 */
record Choice(int experts, int perToken, int groups, int chosenGroups) {
    /**
     * Chosen experts {@code [tokens, perToken]}, best first; in the caller's scope.
     *
     * @param scores {@code [tokens, experts]}
     * @param largestOfGroup how many of a group's largest scores add up to the group's
     */
    Tensor of(Tensor scores, int largestOfGroup) {
        try (Scope scope = Scope.open("choice")) {
            Tensor open = groups > 1 && chosenGroups < groups ? inBestGroups(scores, largestOfGroup) : scores;
            return scope.keep(largest(open, perToken));
        }
    }

    private static Tensor largest(Tensor scores, int count) {
        return scores.topk(count, -1, true, true).get1();
    }

    /** The scores, −∞ outside the chosen groups. */
    private Tensor inBestGroups(Tensor scores, int largestOfGroup) {
        long tokens = scores.size(0);
        int size = experts / groups;
        Tensor ofGroup = scores.view(tokens, groups, size)
                .topk(Math.min(largestOfGroup, size), -1, true, true)
                .get0()
                .sum(new long[] {-1}, false, new ScalarTypeOptional());
        Tensor closed = ofGroup.new_ones(tokens, groups)
                .scatter_(1, largest(ofGroup, chosenGroups), Torch.scalar(0))
                .view(tokens, groups, 1)
                .expand(tokens, groups, size)
                .reshape(tokens, experts)
                .gt(Torch.scalar(0));
        return scores.masked_fill(closed, Torch.scalar(Double.NEGATIVE_INFINITY));
    }
}
