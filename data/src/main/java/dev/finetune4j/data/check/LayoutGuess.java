package dev.finetune4j.data.check;

import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.check.RowProfile.Column;
import dev.finetune4j.data.check.RowProfile.Messages;
import dev.finetune4j.data.source.PythonJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The layout that rows seem to have.
 *
 * @param columns of the catalog entry's {@code columns} object
 * @param tags of its {@code tags} object; empty where the layout has no messages
 */
record LayoutGuess(String formatting, boolean ranking, Map<String, String> columns, Map<String, String> tags) {
    private static final List<String> ROLE_KEYS = List.of("role", "from", "speaker", "author");
    private static final List<String> CONTENT_KEYS = List.of("content", "value", "text", "message");
    private static final List<String> RESPONSES =
            List.of("output", "response", "answer", "completion", "target", "reply");
    private static final Map<String, Set<String>> ROLES = new LinkedHashMap<>();

    static {
        ROLES.put("user_tag", Set.of("human", "user", "prompter", "customer", "question"));
        ROLES.put("assistant_tag", Set.of("gpt", "assistant", "bot", "model", "chatbot", "ai", "chatgpt", "answer"));
        ROLES.put("observation_tag", Set.of("observation", "tool", "ipython", "tool_response", "function_response"));
        ROLES.put("function_tag", Set.of("function_call", "function", "tool_call"));
        ROLES.put("system_tag", Set.of("system", "developer"));
    }

    /** Empty where nothing in the rows is known. */
    static Optional<LayoutGuess> of(RowProfile profile) {
        Optional<LayoutGuess> messages = messages(profile);
        return messages.isPresent() ? messages : texts(profile);
    }

    private static Optional<LayoutGuess> messages(RowProfile profile) {
        String column = first(
                profile,
                List.of("messages", "conversations", "conversation", "prompt"),
                candidate -> candidate.isMessages() && key(candidate.messages(), ROLE_KEYS) != null);
        Column list = column == null ? null : profile.columns().get(column);
        if (column == null || list == null) {
            return Optional.empty();
        }
        Messages found = list.messages();
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("messages", column);
        boolean ranking = pair(profile, columns, Column::isMessage);
        shared(profile, columns);
        boolean calls = found.has("tool_calls");
        return Optional.of(new LayoutGuess(calls ? "openai" : "sharegpt", ranking, columns, tags(found)));
    }

    private static Map<String, String> tags(Messages messages) {
        Map<String, String> tags = new LinkedHashMap<>();
        String role = key(messages, ROLE_KEYS);
        String content = key(messages, CONTENT_KEYS);
        if (role == null || content == null) {
            return tags;
        }
        tags.put("role_tag", role);
        tags.put("content_tag", content);
        ROLES.forEach((tag, words) -> messages.values(role).keySet().stream()
                .filter(word -> words.contains(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .ifPresent(word -> tags.put(tag, word)));
        return tags;
    }

    private static @Nullable String key(Messages messages, List<String> names) {
        return names.stream().filter(messages::has).findFirst().orElse(null);
    }

    private static Optional<LayoutGuess> texts(RowProfile profile) {
        Map<String, String> columns = new LinkedHashMap<>();
        String prompt = first(profile, List.of("instruction", "prompt", "question", "query", "input"), Column::isText);
        if (prompt == null) {
            String text = first(profile, List.of("text", "content", "document"), Column::isText);
            return Optional.ofNullable(text)
                    .map(name -> new LayoutGuess("alpaca", false, Map.of("prompt", name), Map.of()));
        }
        columns.put("prompt", prompt);
        String query = first(profile, List.of("input", "context"), Column::isText);
        put(columns, "query", prompt.equals(query) ? null : query);
        boolean ranking = pair(profile, columns, Column::isText);
        if (!ranking) {
            put(columns, "response", first(profile, RESPONSES, Column::isText));
        }
        put(columns, "history", first(profile, List.of("history"), Column::isHistory));
        shared(profile, columns);
        return Optional.of(new LayoutGuess("alpaca", ranking, columns, Map.of()));
    }

    private static boolean pair(RowProfile profile, Map<String, String> columns, Predicate<Column> kind) {
        String chosen = first(profile, List.of("chosen", "preferred"), kind);
        String rejected = first(profile, List.of("rejected", "dispreferred"), kind);
        if (chosen == null || rejected == null) {
            return false;
        }
        columns.put("chosen", chosen);
        columns.put("rejected", rejected);
        return true;
    }

    private static void shared(RowProfile profile, Map<String, String> columns) {
        put(columns, "system", first(profile, List.of("system", "system_prompt"), Column::isText));
        put(columns, "tools", first(profile, List.of("tools", "functions"), column -> column.filled() > 0));
        put(columns, "images", first(profile, List.of("images", "image"), column -> column.filled() > 0));
        put(columns, "videos", first(profile, List.of("videos", "video"), column -> column.filled() > 0));
        put(columns, "audios", first(profile, List.of("audios", "audio"), column -> column.filled() > 0));
        put(columns, "kto_tag", first(profile, List.of("kto_tag", "label", "is_good"), Column::isFlag));
    }

    private static void put(Map<String, String> columns, String key, @Nullable String column) {
        if (column != null && !columns.containsValue(column)) {
            columns.put(key, column);
        }
    }

    /** The first of the names whose column is of that kind. */
    private static @Nullable String first(RowProfile profile, List<String> names, Predicate<Column> kind) {
        return names.stream()
                .filter(name -> {
                    Column column = profile.columns().get(name);
                    return column != null && kind.test(column);
                })
                .findFirst()
                .orElse(null);
    }

    /** The entry with this layout instead of its own. */
    DatasetEntry over(DatasetEntry entry) {
        return entry.layout(formatting, ranking, Columns.of(columns), tags.isEmpty() ? Tags.DEFAULTS : Tags.of(tags));
    }

    /** The part of a catalog entry that says this layout, as JSON. */
    String json() {
        Map<String, Object> entry = new LinkedHashMap<>();
        if (!formatting.equals("alpaca")) {
            entry.put("formatting", formatting);
        }
        if (ranking) {
            entry.put("ranking", true);
        }
        entry.put("columns", columns);
        if (!tags.isEmpty()) {
            entry.put("tags", tags);
        }
        return PythonJson.write(entry, 2);
    }
}
