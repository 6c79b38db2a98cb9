package dev.finetune4j.data.batch.limit;

/** How many tokens of a prompt and its response fit under a limit. Both keep their first tokens. */
public record TokenBudget(int prompt, int response) {
    /**
     * @param limit tokens for both together
     * @param overlong which side gives way
     */
    public static TokenBudget of(int promptLength, int responseLength, int limit, Overlong overlong) {
        if (overlong == Overlong.TRIM_PROMPT) {
            int response = Math.min(limit, responseLength);
            return new TokenBudget(Math.min(limit - response, promptLength), response);
        }
        if (overlong == Overlong.TRIM_ANSWER) {
            int prompt = Math.min(limit, promptLength);
            return new TokenBudget(prompt, Math.min(limit - prompt, responseLength));
        }
        return shared(promptLength, responseLength, limit);
    }

    /**
     * A short response stays whole at the prompt's expense, a short prompt at the response's; two long ones share in
     * proportion. The same rule as LLaMA-Factory's, in the same double arithmetic.
     */
    private static TokenBudget shared(int promptLength, int responseLength, int limit) {
        int most;
        if (2L * responseLength < limit) {
            most = limit;
        } else if (2L * promptLength < limit) {
            most = limit - promptLength;
        } else {
            most = (int) (limit * (responseLength / (double) (promptLength + responseLength)));
        }
        int response = Math.min(most, responseLength);
        int prompt = Math.min(Math.max(limit - response, 0), promptLength);
        return new TokenBudget(prompt, response);
    }
}
