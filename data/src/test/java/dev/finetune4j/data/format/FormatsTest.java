package dev.finetune4j.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.source.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormatsTest {
    private static final Columns HISTORY =
            Columns.of(Map.of("prompt", "instruction", "response", "output", "history", "history", "system", "sys"));

    @SuppressWarnings("unchecked")
    private static Row row(String json) {
        try {
            return new Row(
                    (Map<String, Object>) PythonJson.parse(json.replace('\'', '"')), new Provenance("set", "f", 3, 7));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static DatasetEntry alpaca(Columns columns, boolean ranking) {
        return new DatasetEntry("set", Path.of("f"), "alpaca", ranking, null, columns, Tags.DEFAULTS);
    }

    private static DatasetEntry sharegpt(Columns columns, Tags tags, boolean ranking) {
        return new DatasetEntry("set", Path.of("f"), "sharegpt", ranking, null, columns, tags);
    }

    private static DatasetEntry sharegpt() {
        return sharegpt(Columns.DEFAULTS, Tags.DEFAULTS, false);
    }

    private static Reading read(DatasetEntry entry, String json) {
        return DatasetFormat.named(entry.formatting()).read(row(json), entry);
    }

    private static Conversation accepted(DatasetEntry entry, String json) {
        Reading reading = read(entry, json);
        if (reading instanceof Reading.Accepted accepted) {
            return accepted.conversation();
        }
        throw new AssertionError(reading.toString());
    }

    private static Rejection rejected(DatasetEntry entry, String json) {
        Reading reading = read(entry, json);
        if (reading instanceof Reading.Rejected rejected) {
            return rejected.rejection();
        }
        throw new AssertionError(reading.toString());
    }

    @Test
    void alpacaJoinsPromptAndQueryByALineFeed() {
        DatasetEntry entry = alpaca(Columns.DEFAULTS, false);
        assertEquals(
                List.of(Message.user("Add\n2 3"), Message.assistant("5")),
                accepted(entry, "{'instruction': 'Add', 'input': '2 3', 'output': '5'}")
                        .messages());
        assertEquals(
                Message.user("2 3"),
                accepted(entry, "{'instruction': '', 'input': '2 3', 'output': '5'}")
                        .messages()
                        .get(0));
        assertEquals(
                Message.user(""),
                accepted(entry, "{'instruction': null, 'output': '5'}")
                        .messages()
                        .get(0));
    }

    @Test
    void alpacaPutsHistoryInFront() {
        Conversation conversation = accepted(
                alpaca(HISTORY, false), "{'instruction': 'c', 'output': 'd', 'history': [['a', 'b']], 'sys': 'S'}");
        assertEquals(
                List.of(Message.user("a"), Message.assistant("b"), Message.user("c"), Message.assistant("d")),
                conversation.messages());
        assertEquals("S", conversation.system());
        assertEquals("f:7", conversation.provenance().toString());
    }

    @Test
    void alpacaWithoutAnAnswerEndsWithTheUser() {
        DatasetEntry text = alpaca(Columns.of(Map.of("prompt", "text")), false);
        assertEquals(
                List.of(Message.user("Once")),
                accepted(text, "{'text': 'Once'}").messages());
        Conversation unanswered = accepted(alpaca(Columns.DEFAULTS, false), "{'instruction': 'q', 'output': null}");
        assertEquals(false, unanswered.isAnswered());
    }

    @Test
    void alpacaKeepsPreferencesAndFeedback() {
        Columns pair = Columns.of(Map.of("prompt", "q", "chosen", "c", "rejected", "r"));
        Conversation conversation = accepted(alpaca(pair, true), "{'q': 'q', 'c': 'good', 'r': 'bad'}");
        assertEquals(new Preference(Message.assistant("good"), Message.assistant("bad")), conversation.preference());
        assertEquals(1, conversation.messages().size());
        Columns feedback = Columns.of(Map.of("prompt", "q", "response", "a", "kto_tag", "label"));
        assertEquals(
                Boolean.FALSE,
                accepted(alpaca(feedback, false), "{'q': 'q', 'a': 'x', 'label': false}")
                        .feedback());
        assertEquals(
                "label",
                rejected(alpaca(feedback, false), "{'q': 'q', 'a': 'x', 'label': 'true'}")
                        .field());
    }

    @Test
    void alpacaNamesTheFieldThatIsWrong() {
        DatasetEntry entry = alpaca(HISTORY, false);
        assertEquals(
                "history[0]",
                rejected(entry, "{'instruction': 'c', 'history': [['a']]}").field());
        assertEquals(
                "history[1][1]",
                rejected(entry, "{'instruction': 'c', 'history': [['a', 'b'], ['c', 4]]}")
                        .field());
        assertEquals(
                "output", rejected(entry, "{'instruction': 'c', 'output': 5}").field());
        assertEquals(
                "instruction",
                rejected(entry, "{'instruction': ['c'], 'output': '5'}").field());
        assertEquals(
                "f:7: output: expected a text, found 5",
                rejected(entry, "{'instruction': 'c', 'output': 5}").toString());
    }

    @Test
    void sharegptTakesALeadingSystemMessageBeforeTheColumn() {
        DatasetEntry entry =
                sharegpt(Columns.of(Map.of("messages", "conversations", "system", "sys")), Tags.DEFAULTS, false);
        String turns = "{'from': 'human', 'value': 'q'}, {'from': 'gpt', 'value': 'a'}]";
        assertEquals(
                "S",
                accepted(entry, "{'sys': 'column', 'conversations': [{'from': 'system', 'value': 'S'}, " + turns + "}")
                        .system());
        Conversation column = accepted(entry, "{'sys': 'column', 'conversations': [" + turns + "}");
        assertEquals("column", column.system());
        assertEquals(List.of(Message.user("q"), Message.assistant("a")), column.messages());
    }

    @Test
    void sharegptReadsToolTurns() {
        DatasetEntry entry =
                sharegpt(Columns.of(Map.of("messages", "conversations", "tools", "tools")), Tags.DEFAULTS, false);
        Conversation conversation = accepted(
                entry,
                "{'tools': [{'name': 'w'}], 'conversations': [{'from': 'human', 'value': 'q'}, {'from':"
                        + " 'function_call', 'value': '{}'}, {'from': 'observation', 'value': 'o'}, {'from': 'gpt', 'value':"
                        + " 'a'}]}");
        assertEquals(
                List.of(Role.USER, Role.FUNCTION, Role.OBSERVATION, Role.ASSISTANT),
                conversation.messages().stream().map(Message::role).toList());
        assertEquals("[{\"name\": \"w\"}]", conversation.tools());
    }

    @Test
    void sharegptRejectsBrokenTurnsWithTheirPlace() {
        String human = "{'from': 'human', 'value': 'q'}";
        String gpt = "{'from': 'gpt', 'value': 'a'}";
        String observation = "{'from': 'observation', 'value': 'o'}";
        String system = "{'from': 'system', 'value': 's'}";
        assertEquals("conversations[0].from", turns(gpt, human).field());
        assertEquals("conversations[1].from", turns(human, observation, gpt).field());
        assertEquals("conversations[1].from", turns(human, system, gpt).field());
        assertEquals("expected one of gpt, function_call", turns(human, human).rule());
        assertEquals(
                "the last message must be an answer", turns(human, gpt, human).rule());
        assertEquals("no messages", turns().rule());
        assertEquals(
                "conversations[1].value",
                turns(human, "{'from': 'gpt', 'value': null}").field());
        assertEquals("conversations[0]", turns("3", gpt).field());
        assertEquals(
                "conversations",
                rejected(sharegpt(), "{'conversations': 'text'}").field());
    }

    private static Rejection turns(String... messages) {
        return rejected(sharegpt(), "{'conversations': [" + String.join(", ", messages) + "]}");
    }

    @Test
    void sharegptKeepsPreferencesByTheirTags() {
        Columns columns = Columns.of(Map.of("messages", "m", "chosen", "c", "rejected", "r"));
        Tags tags = new Tags("role", "content", "user", "assistant", null, null, null);
        DatasetEntry entry = sharegpt(columns, tags, true);
        String asked = "{'m': [{'role': 'user', 'content': 'q'}], 'c': ";
        Conversation conversation = accepted(
                entry,
                asked + "{'role': 'assistant', 'content': 'good'}, 'r': {'role': 'assistant', 'content': 'bad'}}");
        assertEquals(new Preference(Message.assistant("good"), Message.assistant("bad")), conversation.preference());
        assertEquals("c", rejected(entry, asked + "'good', 'r': 'bad'}").field());
        assertEquals(
                "c.role",
                rejected(entry, asked + "{'role': 'user', 'content': 'x'}, 'r': {}}")
                        .field());
    }

    @Test
    void answersToCompareNeedTheirType() {
        Columns pair = Columns.of(Map.of("prompt", "q", "chosen", "c", "rejected", "r"));
        assertEquals(
                "c",
                rejected(alpaca(pair, true), "{'q': 'q', 'c': null, 'r': 'bad'}")
                        .field());
        assertEquals(
                "r",
                rejected(alpaca(pair, true), "{'q': 'q', 'c': 'good', 'r': {'value': 'bad'}}")
                        .field());
        assertEquals(
                "expected a text",
                rejected(alpaca(pair, true), "{'q': 'q', 'c': 'good', 'r': ['bad']}")
                        .rule());
        Columns messages = Columns.of(Map.of("messages", "m", "chosen", "c", "rejected", "r"));
        DatasetEntry sharegpt = sharegpt(messages, Tags.DEFAULTS, true);
        String asked = "{'m': [{'from': 'human', 'value': 'q'}], 'c': {'from': 'gpt', 'value': 'a'}, 'r': ";
        assertEquals(
                "r.value",
                rejected(sharegpt, asked + "{'from': 'gpt', 'value': 3}}").field());
        assertEquals(
                "r.from",
                rejected(sharegpt, asked + "{'from': 'observation', 'value': 'x'}}")
                        .field());
        assertEquals("r", rejected(sharegpt, asked + "null}").field());
        assertEquals(
                "with ranking the last message must not be an answer",
                rejected(
                                sharegpt,
                                "{'m': [{'from': 'human', 'value': 'q'}, {'from': 'gpt', 'value': 'a'}], 'c': {}, 'r': {}}")
                        .rule());
    }

    @Test
    void feedbackIsTrueOrFalse() {
        Columns feedback = Columns.of(Map.of("messages", "m", "kto_tag", "label"));
        String turns = "{'m': [{'from': 'human', 'value': 'q'}, {'from': 'gpt', 'value': 'a'}], 'label': ";
        DatasetEntry entry = sharegpt(feedback, Tags.DEFAULTS, false);
        assertEquals(Boolean.FALSE, accepted(entry, turns + "false}").feedback());
        assertEquals(Boolean.TRUE, accepted(entry, turns + "true}").feedback());
        assertEquals("label", rejected(entry, turns + "'true'}").field());
        assertEquals("expected true or false", rejected(entry, turns + "1}").rule());
    }

    @Test
    void toolsThatAreNotJsonAreNamedWithTheirPlace() {
        Columns columns = Columns.of(Map.of("prompt", "q", "response", "a", "tools", "t"));
        Rejection broken = rejected(alpaca(columns, false), "{'q': 'q', 'a': 'a', 't': '[{]'}");
        assertEquals("t", broken.field());
        assertTrue(broken.found().startsWith("at character 3"), broken.found());
        assertEquals(
                "",
                accepted(alpaca(columns, false), "{'q': 'q', 'a': 'a', 't': ''}")
                        .tools());
        assertEquals(
                "[{\"name\": \"w\"}]",
                accepted(alpaca(columns, false), "{'q': 'q', 'a': 'a', 't': {'name': 'w'}}")
                        .tools());
    }

    @Test
    void entriesThatLackWhatTheFormatNeedsAreRefused() {
        DatasetFormat alpaca = DatasetFormat.named("alpaca");
        DatasetFormat sharegpt = DatasetFormat.named("sharegpt");
        Columns none = Columns.of(Map.of("tools", "tools"));
        assertThrows(DataException.class, () -> alpaca.check(alpaca(none, false)));
        assertThrows(DataException.class, () -> alpaca.check(alpaca(Columns.DEFAULTS, true)));
        assertThrows(DataException.class, () -> sharegpt.check(sharegpt(none, Tags.DEFAULTS, false)));
        assertThrows(
                DataException.class,
                () -> sharegpt.check(sharegpt(Columns.DEFAULTS, Tags.of(Map.of("user_tag", "u")), false)));
        assertThrows(UnsupportedException.class, () -> DatasetFormat.named("openaj"));
    }

    @Test
    void aColumnThatNoRowHasIsNamedAtTheEnd() {
        DatasetEntry entry = alpaca(Columns.of(Map.of("prompt", "instruction", "response", "outptu")), false);
        Dataset<Row> rows = ColumnCheck.over(
                Dataset.of(List.of(row("{'instruction': 'a', 'output': 'b'}"))), DatasetFormat.named("alpaca"), entry);
        DataException missing = assertThrows(DataException.class, rows::toList);
        assertTrue(missing.getMessage().contains("\"outptu\""), missing.getMessage());
        assertTrue(missing.getMessage().contains("\"output\""), missing.getMessage());
    }
}
