package dev.finetune4j.data.catalog;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How messages inside a row are marked. As with {@link Columns}, a {@code tags} object in the entry resets every tag that
 * it does not list to null.
 *
 * @param role key of a message's role
 * @param content key of a message's text
 * @param user value of the role key for the user; the other four likewise
 */
public record Tags(
        @Nullable String role,
        @Nullable String content,
        @Nullable String user,
        @Nullable String assistant,
        @Nullable String observation,
        @Nullable String function,
        @Nullable String system) {
    static final List<String> KEYS = List.of(
            "role_tag", "content_tag", "user_tag", "assistant_tag", "observation_tag", "function_tag", "system_tag");

    /** What holds without a {@code tags} object. */
    public static final Tags DEFAULTS =
            new Tags("from", "value", "human", "gpt", "observation", "function_call", "system");

    /** Tags from the entries of a {@code tags} object; what it does not list is null. */
    public static Tags of(Map<String, String> keys) {
        return new Tags(
                keys.get("role_tag"),
                keys.get("content_tag"),
                keys.get("user_tag"),
                keys.get("assistant_tag"),
                keys.get("observation_tag"),
                keys.get("function_tag"),
                keys.get("system_tag"));
    }
}
