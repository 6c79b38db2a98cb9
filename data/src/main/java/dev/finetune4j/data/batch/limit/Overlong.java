package dev.finetune4j.data.batch.limit;

/** What becomes of a row with more tokens than the limit. */
public enum Overlong {
    /** Prompt and answer are cut at their ends and share the limit as LLaMA-Factory divides it. */
    TRIM,
    /** The answer stays whole as far as it fits; the prompt loses its end. */
    TRIM_PROMPT,
    /** The prompt stays whole as far as it fits; the answer loses its end. */
    TRIM_ANSWER,
    /** The row is left out and counted. */
    DROP,
    /** The run stops and names the row. */
    ERROR
}
