package dev.finetune4j.core.model.vocabulary;

import java.util.List;

/**
 * A token that the checkpoint was not trained with.
 *
 * @param text the token, which keys its noise
 * @param id its row
 * @param description ids of older tokens whose mean embedding its row starts with; empty for the mean of all rows
 * @param noisy whether {@code N(0, 1/√width)} is added
 */
public record NewToken(String text, int id, List<Integer> description, boolean noisy) {
    public NewToken {
        description = List.copyOf(description);
    }

    /** One that starts with the mean of all rows, and noise. */
    public static NewToken noisy(String text, int id) {
        return new NewToken(text, id, List.of(), true);
    }
}
