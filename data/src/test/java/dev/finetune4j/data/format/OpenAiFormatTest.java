package dev.finetune4j.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.source.Row;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces of the OpenAI interface load as they are. P36. */
class OpenAiFormatTest {
    private static final String SYSTEM = "{'role': 'system', 'content': 's'}";
    private static final String USER = "{'role': 'user', 'content': 'q'}";
    private static final String ANSWER = "{'role': 'assistant', 'content': 'a'}";
    private static final String TOOL = "{'role': 'tool', 'tool_call_id': 'c1', 'content': 'r'}";
    private static final String CALL = "{'role': 'assistant', 'content': null, 'tool_calls': [{'id': 'c1', 'type':"
            + " 'function', 'function': {'name': 'f', 'arguments': '{\\'x\\': 1}'}}]}";
    private static final String CALLS = "[{\"name\": \"f\", \"arguments\": {\"x\": 1}}]";
    private static final DatasetEntry PLAIN = entry(Columns.DEFAULTS, Tags.DEFAULTS);

    private static DatasetEntry entry(Columns columns, Tags tags) {
        return DatasetEntry.inMemory("set", "openai", columns, tags);
    }

    @SuppressWarnings("unchecked")
    private static Row row(String json) {
        try {
            return new Row(
                    (Map<String, Object>) PythonJson.parse(json.replace('\'', '"')), new Provenance("set", "f", 3, 7));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Conversation accepted(Reading reading) {
        if (reading instanceof Reading.Accepted accepted) {
            return accepted.conversation();
        }
        throw new AssertionError(reading.toString());
    }

    private static Conversation accepted(String... messages) {
        return accepted(DatasetFormat.named("openai").read(messages(messages), PLAIN));
    }

    private static Row messages(String... messages) {
        return row("{'messages': [" + String.join(", ", messages) + "]}");
    }

    private static Rejection rejected(Reading reading) {
        if (reading instanceof Reading.Rejected rejected) {
            return rejected.rejection();
        }
        throw new AssertionError(reading.toString());
    }

    private static Rejection rejected(String... messages) {
        return rejected(DatasetFormat.named("openai").read(messages(messages), PLAIN));
    }

    @Test
    void aTraceNeedsNeitherColumnsNorTags() {
        Row row = row("{'messages': [" + String.join(", ", SYSTEM, USER, CALL, TOOL, ANSWER)
                + "], 'tools': [{'type': 'function', 'function': {'name': 'f'}}]}");
        Conversation conversation = accepted(DatasetFormat.named("openai").read(row, PLAIN));
        assertEquals("s", conversation.system());
        assertEquals("[{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]", conversation.tools());
        assertEquals(
                List.of(
                        Message.user("q"),
                        new Message(Role.FUNCTION, "", CALLS, List.of()),
                        new Message(Role.OBSERVATION, "r"),
                        Message.assistant("a")),
                conversation.messages());
    }

    @Test
    void textStaysInFrontOfCalls() {
        Message both = new Message(Role.FUNCTION, "Let me look.", CALLS, List.of());
        assertEquals(
                both,
                accepted(USER, CALL.replace("null", "'Let me look.'"), TOOL, ANSWER)
                        .messages()
                        .get(1));
        String text = "{'role': 'assistant', 'content': 'Let me look.'}";
        assertEquals(both, accepted(USER, text, CALL, TOOL, ANSWER).messages().get(1));
    }

    @Test
    void argumentsMayBeObjectsOrAbsentWords() {
        String object = CALL.replace("'{\\'x\\': 1}'", "{'x': 1}");
        assertEquals(
                CALLS, accepted(USER, object, TOOL, ANSWER).messages().get(1).calls());
        String empty = CALL.replace("'{\\'x\\': 1}'", "''");
        assertEquals(
                "[{\"name\": \"f\", \"arguments\": {}}]",
                accepted(USER, empty, TOOL, ANSWER).messages().get(1).calls());
    }

    @Test
    void severalCallsAndTheirResultsStayApart() {
        String two = CALL.replace("}}]", "}}, {'function': {'name': 'g', 'arguments': {}}}]");
        Conversation conversation = accepted(USER, two, TOOL, TOOL.replace("'r'", "'r2'"), ANSWER);
        assertEquals(
                "[{\"name\": \"f\", \"arguments\": {\"x\": 1}}, {\"name\": \"g\", \"arguments\": {}}]",
                conversation.messages().get(1).calls());
        assertEquals(
                new Message(Role.OBSERVATION, "r", "", List.of("r2")),
                conversation.messages().get(2));
    }

    @Test
    void developersAndSystemsSpeakForTheSystem() {
        String developer = "{'role': 'developer', 'content': 'd'}";
        assertEquals("d", accepted(developer, USER, ANSWER).system());
        assertEquals("s\n\nd", accepted(SYSTEM, developer, USER, ANSWER).system());
        assertEquals("", accepted(USER, ANSWER).system());
    }

    @Test
    void partsOfAContentAreTextsAndMedia() {
        String parts = "{'role': 'user', 'content': [{'type': 'image_url', 'image_url': {'url': 'a.png'}}, {'type':"
                + " 'text', 'text': 'one'}, {'type': 'text', 'text': 'two'}, {'type': 'input_audio', 'input_audio':"
                + " {'data': 'AA==', 'format': 'wav'}}, {'type': 'video', 'video': 'b.mp4'}]}";
        Conversation conversation = accepted(parts, ANSWER);
        assertEquals(
                Message.user("<image>one\ntwo<audio><video>"),
                conversation.messages().get(0));
        assertEquals(
                new Media(List.of("a.png"), List.of("b.mp4"), List.of(Map.of("data", "AA==", "format", "wav"))),
                conversation.media());
    }

    @Test
    void preferencesAndFeedbackAreRead() {
        Columns pair = Columns.of(Map.of("messages", "messages", "chosen", "c", "rejected", "r"));
        DatasetEntry entry = entry(pair, OpenAiFormat.TAGS);
        String asked = "{'messages': [" + USER + "], 'c': " + ANSWER + ", 'r': [" + CALL + "]}";
        Conversation conversation = accepted(DatasetFormat.named("openai").read(row(asked), entry));
        assertEquals(
                new Preference(Message.assistant("a"), new Message(Role.FUNCTION, "", CALLS, List.of())),
                conversation.preference());
        assertEquals(
                "c.role",
                rejected(DatasetFormat.named("openai")
                                .read(row(asked.replace("'c': " + ANSWER, "'c': " + USER)), entry))
                        .field());
        assertEquals(
                "r",
                rejected(DatasetFormat.named("openai").read(row(asked.replace("[" + CALL + "]", "'bad'")), entry))
                        .field());
        Columns feedback = Columns.of(Map.of("messages", "messages", "kto_tag", "label"));
        String judged = "{'messages': [" + USER + ", " + ANSWER + "], 'label': true}";
        assertEquals(
                Boolean.TRUE,
                accepted(DatasetFormat.named("openai").read(row(judged), entry(feedback, OpenAiFormat.TAGS)))
                        .feedback());
    }

    @Test
    void rowsWithLlamaFactorysNamesAreReadAsWell() {
        String row = "{'conversations': [{'from': 'human', 'value': 'q'}, {'from': 'gpt', 'value': 'a'}]}";
        assertEquals(
                List.of(Message.user("q"), Message.assistant("a")),
                accepted(DatasetFormat.named("openai").read(row(row), PLAIN)).messages());
    }

    @Test
    void whatIsWrongIsNamedWithItsPlace() {
        assertEquals("messages[1].role", rejected(USER, USER).field());
        assertEquals("expected one of assistant", rejected(USER, USER).rule());
        assertEquals("messages[0].role", rejected(ANSWER, USER).field());
        assertEquals("messages[1].role", rejected(USER, SYSTEM, ANSWER).field());
        assertEquals(
                "messages[2].role",
                rejected(USER, ANSWER, USER.replace("user", "critic"), ANSWER).field());
        Rejection trailing = rejected(USER, CALL, TOOL);
        assertEquals("messages[2].role", trailing.field());
        assertEquals("an answer must follow the results of tools", trailing.rule());
        assertEquals(
                "the last message must be an answer",
                rejected(USER, ANSWER, USER).rule());
        assertEquals(
                "messages[1].content",
                rejected(USER, ANSWER.replace("'a'", "null")).field());
        assertEquals(
                "messages[0].content[0].type",
                rejected(USER.replace("'q'", "[{'type': 'smell'}]"), ANSWER).field());
        assertEquals(
                "messages[0].content[0].image_url",
                rejected(USER.replace("'q'", "[{'type': 'image_url'}]"), ANSWER).field());
        assertEquals(
                "messages[1].tool_calls[0].function.arguments",
                rejected(USER, CALL.replace("'{\\'x\\': 1}'", "'{x}'"), TOOL, ANSWER)
                        .field());
        assertTrue(rejected(USER, CALL.replace("'{\\'x\\': 1}'", "'{x}'"), TOOL, ANSWER)
                .found()
                .startsWith("at character 2"));
        assertEquals(
                "messages[1].tool_calls[0].function.name",
                rejected(USER, CALL.replace("'name': 'f', ", ""), TOOL, ANSWER).field());
        assertEquals(
                "messages[1].tool_calls[0].function.arguments",
                rejected(USER, CALL.replace("'{\\'x\\': 1}'", "null"), TOOL, ANSWER)
                        .field());
        assertEquals(
                "messages",
                rejected(DatasetFormat.named("openai").read(row("{'messages': 'x'}"), PLAIN))
                        .field());
        assertEquals("no messages", rejected().rule());
        Rejection tools = rejected(DatasetFormat.named("openai")
                .read(row("{'messages': [" + USER + ", " + ANSWER + "], 'tools': '[{]'}"), PLAIN));
        assertEquals("tools", tools.field());
        assertTrue(tools.found().startsWith("at character 3"), tools.found());
    }

    @Test
    void entriesWithoutTheNamesOfMessagesAreRefused() {
        DatasetFormat format = DatasetFormat.named("openai");
        assertThrows(DataException.class, () -> format.check(entry(Columns.of(Map.of("tools", "t")), Tags.DEFAULTS)));
    }

    /** What LLaMA-Factory makes of the same trace. */
    @Test
    void compatibilityKeepsWhatLlamaFactoryDoes() {
        DatasetFormat format = DatasetFormat.named("openai").likeLlamaFactory();
        Columns columns = Columns.of(Map.of("messages", "messages", "tools", "tools"));
        Tags tags = new Tags("role", "content", "user", "assistant", "tool", "function_call", "system");
        String text = CALL.replace("null", "'Let me look.'");
        Conversation conversation =
                accepted(format.read(messages(USER, text, TOOL, TOOL, ANSWER, USER, ANSWER), entry(columns, tags)));
        assertEquals(
                new Message(Role.FUNCTION, "[{\"name\": \"f\", \"arguments\": \"{\\\"x\\\": 1}\"}]"),
                conversation.messages().get(1));
        assertEquals(
                new Message(Role.OBSERVATION, "r\n</tool_response>\n<tool_response>\nr"),
                conversation.messages().get(2));
        assertEquals("detailed thinking off", conversation.system());
        assertEquals(
                2,
                accepted(format.read(messages(USER, ANSWER, TOOL), entry(columns, tags)))
                        .messages()
                        .size());
        assertEquals(
                "messages[0].role",
                rejected(format.read(messages(USER.replace("user", "developer"), USER, ANSWER), entry(columns, tags)))
                        .field());
        assertEquals(
                "conversations",
                rejected(format.read(messages(USER, ANSWER), PLAIN)).field());
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 'detailed thinking off'",
        "s, '', 's+detailed thinking off'",
        "'detailed thinking on', '', 'detailed thinking on'",
        "s, [], 's+'",
        "'', [], ''"
    })
    void compatibilityWritesThinkingIntoTheSystemText(String system, String tools, String expected) {
        DatasetFormat format = DatasetFormat.named("openai").likeLlamaFactory();
        Columns columns = Columns.of(Map.of("messages", "messages", "tools", "tools", "system", "system"));
        Row row = row(
                "{'messages': [" + USER + ", " + ANSWER + "], 'system': '" + system + "', 'tools': '" + tools + "'}");
        assertEquals(
                expected.replace('+', '\n'),
                accepted(format.read(row, entry(columns, OpenAiFormat.TAGS))).system());
        assertEquals(
                system,
                accepted(DatasetFormat.named("openai").read(row, entry(columns, OpenAiFormat.TAGS)))
                        .system());
    }
}
