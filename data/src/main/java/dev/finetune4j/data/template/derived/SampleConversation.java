package dev.finetune4j.data.template.derived;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.source.PythonJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fixed conversation, in the form of training data and in that of chat templates.
 *
 * @param name for people
 * @param system empty for none
 * @param tools JSON list, empty for none
 * @param prompt whether it ends where the model is to answer
 */
record SampleConversation(String name, String system, List<Message> messages, String tools, boolean prompt) {
    private static final Message QUESTION = Message.user("What is the capital of France?");
    private static final Message ANSWER = Message.assistant("Paris.");
    private static final Message ANOTHER = Message.user("And of Peru?");
    private static final Message LAST = Message.assistant("Lima.");
    private static final String SYSTEM = "Answer in one word.";
    private static final String TOOLS =
            "[{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"Weather of a town\","
                    + " \"parameters\": {\"type\": \"object\", \"properties\": {\"town\": {\"type\": \"string\","
                    + " \"description\": \"Its name\"}}, \"required\": [\"town\"]}}}]";
    private static final Message CALL =
            new Message(Role.FUNCTION, "{\"name\": \"weather\", \"arguments\": {\"town\": \"Paris\"}}");
    private static final Message RESULT = new Message(Role.OBSERVATION, "{\"sky\": \"clear\"}");

    static List<SampleConversation> all() {
        List<Message> turns = List.of(QUESTION, ANSWER, ANOTHER);
        List<Message> called = List.of(Message.user("Weather in Paris?"), CALL, RESULT);
        return List.of(
                new SampleConversation("a question", "", List.of(QUESTION), "", true),
                new SampleConversation("a question with a system text", SYSTEM, List.of(QUESTION), "", true),
                new SampleConversation("two turns", "", turns, "", true),
                new SampleConversation("two turns with a system text", SYSTEM, turns, "", true),
                new SampleConversation("answered turns", "", List.of(QUESTION, ANSWER, ANOTHER, LAST), "", false),
                new SampleConversation("a question with tools", "", List.of(QUESTION), TOOLS, true),
                new SampleConversation("the result of a call", "", called, TOOLS, true),
                new SampleConversation("the result of a call, with a system text", SYSTEM, called, TOOLS, true));
    }

    boolean calls() {
        return messages.contains(CALL);
    }

    List<Message> withEmptyAnswer() {
        List<Message> all = new ArrayList<>(messages);
        all.add(Message.assistant(""));
        return all;
    }

    List<?> toolList() {
        return (List<?>) parse(tools);
    }

    private static Object parse(String json) {
        try {
            @Nullable Object value = PythonJson.parse(json);
            return Objects.requireNonNull(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a chat template takes them; keys in the order that traces have, as some templates print whole messages. */
    List<Map<String, Object>> maps() {
        List<Map<String, Object>> maps = new ArrayList<>();
        if (!system.isEmpty()) {
            maps.add(ordered("role", "system", "content", system));
        }
        for (Message message : messages) {
            maps.add(map(message));
        }
        return maps;
    }

    private static Map<String, Object> map(Message message) {
        String content = message.content();
        return switch (message.role()) {
            case USER -> ordered("role", "user", "content", content);
            case ASSISTANT -> ordered("role", "assistant", "content", content);
            case OBSERVATION ->
                ordered("role", "tool", "tool_call_id", "call00001", "name", "weather", "content", content);
            case FUNCTION ->
                ordered(
                        "role",
                        "assistant",
                        "content",
                        "",
                        "tool_calls",
                        List.of(ordered("id", "call00001", "type", "function", "function", parse(content))));
        };
    }

    static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
