package dev.finetune4j.data.catalog;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a row holds what; null means that no column does.
 *
 * <p>As soon as a catalog entry has a {@code columns} object, every column that it does not list is null, also those that
 * have a default without it. That is LLaMA-Factory's rule, and pretraining entries live from it.
 */
public record Columns(
        @Nullable String prompt,
        @Nullable String query,
        @Nullable String response,
        @Nullable String history,
        @Nullable String messages,
        @Nullable String system,
        @Nullable String tools,
        @Nullable String images,
        @Nullable String videos,
        @Nullable String audios,
        @Nullable String chosen,
        @Nullable String rejected,
        @Nullable String feedback) {
    /** Keys of the {@code columns} object; the last one, {@code kto_tag}, is {@link #feedback}. */
    static final List<String> KEYS = List.of(
            "prompt",
            "query",
            "response",
            "history",
            "messages",
            "system",
            "tools",
            "images",
            "videos",
            "audios",
            "chosen",
            "rejected",
            "kto_tag");

    /** What holds without a {@code columns} object. */
    public static final Columns DEFAULTS =
            of(Map.of("prompt", "instruction", "query", "input", "response", "output", "messages", "conversations"));

    /** Names of all columns that are mapped to something. */
    public List<String> mapped() {
        return Stream.of(
                        prompt, query, response, history, messages, system, tools, images, videos, audios, chosen,
                        rejected, feedback)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** Columns from the entries of a {@code columns} object; what it does not list is null. */
    public static Columns of(Map<String, String> keys) {
        return new Columns(
                keys.get("prompt"),
                keys.get("query"),
                keys.get("response"),
                keys.get("history"),
                keys.get("messages"),
                keys.get("system"),
                keys.get("tools"),
                keys.get("images"),
                keys.get("videos"),
                keys.get("audios"),
                keys.get("chosen"),
                keys.get("rejected"),
                keys.get("kto_tag"));
    }
}
