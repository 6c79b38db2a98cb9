package dev.finetune4j.data.format;

import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.format.Fields.Fault;
import dev.finetune4j.data.source.PythonJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages of one row of the OpenAI interface as turns. */
final class OpenAiTurns {
    private static final String DEVELOPER = "developer";
    private static final String CALLS = "tool_calls";
    private static final String LIKE_QWEN = "\n</tool_response>\n<tool_response>\n";

    private final Tags tags;
    private final String column;
    private final ContentParts parts;
    private final boolean likeLlamaFactory;
    private final RoleTags roles;
    private final List<Message> turns = new ArrayList<>();
    private @Nullable String system;

    OpenAiTurns(Tags tags, String column, ContentParts parts, boolean likeLlamaFactory) {
        this.tags = tags;
        this.column = column;
        this.parts = parts;
        this.likeLlamaFactory = likeLlamaFactory;
        this.roles = new RoleTags(tags);
    }

    ContentParts parts() {
        return parts;
    }

    /** Text of the system messages in front, null where there is none. */
    @Nullable
    String system() {
        return system;
    }

    List<Message> read(List<?> raw) throws Fault {
        for (int i = leading(raw); i < raw.size(); i++) {
            Map<?, ?> message = Fields.object(raw.get(i), field(i));
            append(message(message, field(i)), message, field(i));
        }
        int last = turns.size() - 1;
        if (likeLlamaFactory && last >= 0 && turns.get(last).role() == Role.OBSERVATION) {
            turns.remove(last);
        }
        return turns.stream().map(this::joined).toList();
    }

    private String field(int i) {
        return column + "[" + i + "]";
    }

    /** Reads the system messages in front and says how many there are. */
    private int leading(List<?> raw) throws Fault {
        int count = 0;
        while (count < raw.size()
                && (count == 0 || !likeLlamaFactory)
                && raw.get(count) instanceof Map<?, ?> message
                && isSystem(message.get(tags.role()))) {
            String text = parts.text(message.get(tags.content()), field(count) + "." + tags.content());
            system = system == null ? text : system + "\n\n" + text;
            count++;
        }
        return count;
    }

    private boolean isSystem(@Nullable Object tag) {
        return tag != null
                && (tag.equals(tags.system()) || (!likeLlamaFactory && tag.equals(DEVELOPER) && !roles.knows(tag)));
    }

    /** An answer to compare: a message, or a list of one. */
    Message answer(@Nullable Object value, String field) throws Fault {
        Object element = value instanceof List<?> list && list.size() == 1 ? list.get(0) : value;
        Map<?, ?> object = Fields.object(element, field);
        Message message = message(object, field);
        if (!message.role().isAnswer()) {
            throw roles.unexpected(object, field, true);
        }
        return message;
    }

    private Message message(Map<?, ?> message, String field) throws Fault {
        Role role = roles.of(message);
        if (role == null) {
            throw roles.unexpected(message, field, turns.size() % 2 == 1);
        }
        String place = field + "." + tags.content();
        Object content = message.get(tags.content());
        if (role.isAnswer() && message.get(CALLS) instanceof List<?> calls && !calls.isEmpty()) {
            String json = PythonJson.write(calls(calls, field + "." + CALLS));
            if (likeLlamaFactory) {
                return new Message(Role.FUNCTION, json);
            }
            return new Message(Role.FUNCTION, content == null ? "" : parts.text(content, place), json, List.of());
        }
        return new Message(role, parts.text(content, place));
    }

    private List<Object> calls(List<?> calls, String field) throws Fault {
        List<Object> functions = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            String place = field + "[" + i + "]";
            Map<?, ?> call = Fields.object(calls.get(i), place);
            boolean bare = call.get("function") == null && call.containsKey("name") && !likeLlamaFactory;
            String inside = bare ? place : place + ".function";
            Map<?, ?> function = bare ? call : Fields.object(call.get("function"), inside);
            functions.add(likeLlamaFactory ? function : function(function, inside));
        }
        return functions;
    }

    private static Map<String, Object> function(Map<?, ?> function, String field) throws Fault {
        String place = field + ".arguments";
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("name", Fields.text(function.get("name"), field + ".name"));
        Object arguments = function.get("arguments");
        if (arguments instanceof String text) {
            arguments = text.isBlank() ? Map.of() : Fields.json(text, place, "expected a JSON object of arguments");
        }
        plain.put("arguments", Fields.object(arguments, place));
        return plain;
    }

    /** Puts a message behind the turns: results of one turn belong together, and so do a text and calls of the model. */
    private void append(Message message, Map<?, ?> raw, String field) throws Fault {
        Message before = turns.isEmpty() ? null : turns.get(turns.size() - 1);
        if (before != null && before.role() == Role.OBSERVATION && message.role() == Role.OBSERVATION) {
            List<String> results = new ArrayList<>(before.furtherResults());
            results.add(message.content());
            replaceLast(new Message(Role.OBSERVATION, before.content(), "", results));
        } else if (before != null
                && !likeLlamaFactory
                && before.role() == Role.ASSISTANT
                && message.role() == Role.FUNCTION
                && message.content().isEmpty()) {
            replaceLast(new Message(Role.FUNCTION, before.content(), message.calls(), List.of()));
        } else if (message.role().isAnswer() != (turns.size() % 2 == 1)) {
            throw roles.unexpected(raw, field, turns.size() % 2 == 1);
        } else {
            turns.add(message);
        }
    }

    private void replaceLast(Message message) {
        turns.set(turns.size() - 1, message);
    }

    private Message joined(Message turn) {
        if (!likeLlamaFactory || turn.furtherResults().isEmpty()) {
            return turn;
        }
        return new Message(
                Role.OBSERVATION, turn.content() + LIKE_QWEN + String.join(LIKE_QWEN, turn.furtherResults()));
    }

    /** Results that no answer follows teach nothing. */
    void checkEnd(List<?> raw) throws Fault {
        if (!turns.isEmpty() && turns.get(turns.size() - 1).role() == Role.OBSERVATION) {
            throw new Fault(
                    field(raw.size() - 1) + "." + tags.role(),
                    "an answer must follow the results of tools",
                    String.valueOf(tags.observation()));
        }
    }
}
