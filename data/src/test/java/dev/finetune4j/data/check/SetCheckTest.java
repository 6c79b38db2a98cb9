package dev.finetune4j.data.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.data.catalog.DatasetCatalog;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.source.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows are recognised, and a wrong description is answered with a right one (P18). */
class SetCheckTest {
    private static DatasetEntry entry(String description) throws Exception {
        Map<String, Object> keys = new HashMap<>(object(description));
        keys.put("file_name", "rows.json");
        return DatasetCatalog.of(Map.of("set", keys)).entry("set");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(String json) throws Exception {
        return (Map<String, Object>) PythonJson.parse(json.replace('\'', '"'));
    }

    private static SetCheck check(String description, String row) throws Exception {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rows.add(new Row(object(row), new Provenance("set", "rows.json", i, i + 1)));
        }
        return SetCheck.of(
                entry(description), Dataset.of(rows), row.contains("'text'") || row.contains("chosen") ? "pt" : "sft");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'conversations': [{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}]} | sharegpt",
                "{'messages': [{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': 'b'}]} | sharegpt",
                "{'messages': [{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'tool_calls': [{'function':"
                        + " {'name': 'f', 'arguments': '{}'}}]}, {'role': 'tool', 'content': '1'}, {'role': 'assistant',"
                        + " 'content': 'b'}]} | openai",
                "{'question': 'a', 'answer': 'b'} | alpaca",
                "{'text': 'once upon'} | alpaca"
            })
    void layoutsAreRecognisedUnderAWrongDescription(String row, String formatting) throws Exception {
        SetCheck found = check("{'columns': {'prompt': 'nowhere'}}", row);
        assertEquals(0, found.usable());
        String proposal = found.proposal();
        assertNotNull(proposal);
        assertEquals(4, found.proposalUsable());
        assertEquals(formatting, object(proposal).getOrDefault("formatting", "alpaca"));
        SetCheck again = check(proposal, row);
        assertEquals(4, again.usable(), "the proposal, written into the catalog, reads every row");
        assertNull(again.proposal());
    }

    @Test
    void pairsAndVerdictsAreRecognised() throws Exception {
        String pair =
                check("{}", "{'question': 'a', 'chosen': 'b', 'rejected': 'c'}").proposal();
        assertNotNull(pair);
        assertEquals(true, object(pair).get("ranking"));
        String verdict = check("{'columns': {'prompt': 'x'}}", "{'instruction': 'a', 'output': 'b', 'kto_tag': true}")
                .proposal();
        assertNotNull(verdict);
        assertTrue(verdict.contains("\"kto_tag\": \"kto_tag\""), verdict);
    }

    @Test
    void rolesAndColumnsAreCounted() throws Exception {
        SetCheck found = check(
                "{'formatting': 'sharegpt'}",
                "{'conversations': [{'from': 'human', 'value': 'a'}, {'from': 'gpt', 'value': 'b'}], 'id': null}");
        assertEquals(Map.of("human", 4L, "gpt", 4L), found.roles());
        assertEquals(Map.of("conversations", 4L, "id", 0L), found.columns());
        assertNull(found.proposal());
        assertEquals("", found.fault());
    }

    @Test
    void aWrongAnswerColumnIsNoticed() throws Exception {
        SetCheck found = check(
                "{'columns': {'prompt': 'instruction', 'response': 'answer'}}", "{'instruction': 'a', 'output': 'b'}");
        assertEquals(0, found.usable());
        assertEquals("no answer to learn from", found.reasons().get(0).rule());
        assertNotNull(found.proposal());
    }

    @Test
    void aRightDescriptionOfBadRowsIsNotReplaced() throws Exception {
        SetCheck found = check("{}", "{'instruction': 3, 'output': 'b'}");
        assertEquals(0, found.usable());
        assertNull(found.proposal());
        assertEquals("expected a text", found.reasons().get(0).rule());
    }
}
