package dev.finetune4j.data.batch;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.data.batch.limit.Overlong;
import dev.finetune4j.data.batch.limit.TokenBudget;
import dev.finetune4j.data.sample.Tokens;
import java.util.Arrays;

/**
 * What the model reads and what it then writes, as ids.
 *
 * @param complete whether the response is there to its end
 */
record EncodedTurn(int[] prompt, int[] response, boolean complete) {
    EncodedTurn(int[] prompt, int[] response) {
        this(prompt, response, true);
    }

    int length() {
        return prompt.length + response.length;
    }

    /** As much of it as the budget leaves. */
    EncodedTurn cut(TokenBudget budget) {
        if (budget.prompt() >= prompt.length && budget.response() >= response.length) {
            return this;
        }
        return new EncodedTurn(
                Arrays.copyOf(prompt, Math.min(budget.prompt(), prompt.length)),
                Arrays.copyOf(response, Math.min(budget.response(), response.length)),
                budget.response() >= response.length);
    }

    EncodedTurn cut(int limit, Overlong overlong) {
        return cut(TokenBudget.of(prompt.length, response.length, limit, overlong));
    }

    /** One row in which the response is learned. */
    Tokens tokens() {
        int[] ids = Arrays.copyOf(prompt, length());
        System.arraycopy(response, 0, ids, prompt.length, response.length);
        int[] labels = ids.clone();
        Arrays.fill(labels, 0, prompt.length, Labels.IGNORED);
        return Tokens.of(ids, labels);
    }
}
