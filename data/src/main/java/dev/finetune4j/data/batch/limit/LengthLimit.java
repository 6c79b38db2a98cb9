package dev.finetune4j.data.batch.limit;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.source.Provenance;

/**
 * How long a row may be.
 *
 * @param tokens most tokens, at least 1
 * @param overlong what becomes of longer ones
 */
public record LengthLimit(int tokens, Overlong overlong) {
    /** So many tokens, longer rows trimmed. */
    public static LengthLimit trimming(int tokens) {
        return new LengthLimit(tokens, Overlong.TRIM);
    }

    /** Whether a row of that length is not to be used; {@link #complain} then says what that means. */
    public boolean refuses(int length) {
        return length > tokens && (overlong == Overlong.ERROR || overlong == Overlong.DROP);
    }

    /** @throws DataException if rows that are too long must stop the run */
    public void complain(int length, Provenance provenance) {
        if (overlong == Overlong.ERROR) {
            throw new DataException(
                    provenance.toString(),
                    "The row has " + length + " tokens, cutoff_len is " + tokens
                            + ", and cutoff_policy is error. Shorten the row, raise cutoff_len, or set cutoff_policy to"
                            + " trim or drop.");
        }
    }
}
