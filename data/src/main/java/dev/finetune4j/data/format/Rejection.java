package dev.finetune4j.data.format;

import dev.finetune4j.data.source.Provenance;

/**
 * Why a row was left out.
 *
 * @param field path inside the row, such as {@code conversations[3].from}
 * @param rule the reason in the words that are the same for all rows of that fault; rows are counted by it
 * @param found what stands there, shortened; empty where there is nothing to show
 */
public record Rejection(Provenance provenance, String field, String rule, String found) {
    private static final int EXCERPT = 80;

    public Rejection {
        found = found.length() <= EXCERPT ? found : found.substring(0, EXCERPT) + "…";
    }

    @Override
    public String toString() {
        return provenance + ": " + (field.isEmpty() ? "" : field + ": ") + rule
                + (found.isEmpty() ? "" : ", found " + found);
    }
}
