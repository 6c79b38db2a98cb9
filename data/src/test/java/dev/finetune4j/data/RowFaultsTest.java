package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.DataRequest.InvalidRows.Policy;
import dev.finetune4j.data.format.Rejection;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * P17, P36: what can be wrong with a row, from the file to the report. Each faulty row stands between two good ones, which
 * are kept; it is reported with its file, line, field and reason, and stops a strict run.
 */
class RowFaultsTest {
    private static final String CATALOG = """
            {"alpaca": {"file_name": "rows.jsonl", "columns": {"prompt": "instruction", "query": "input",
              "response": "output", "history": "history", "tools": "tools"}},
             "chats": {"file_name": "rows.jsonl", "formatting": "sharegpt", "columns": {"messages": "conversations",
              "tools": "tools"}},
             "openai": {"file_name": "rows.jsonl", "formatting": "openai"},
             "pairs": {"file_name": "rows.jsonl", "ranking": true, "columns": {"prompt": "instruction", "chosen": "better",
              "rejected": "worse"}},
             "chatpairs": {"file_name": "rows.jsonl", "formatting": "sharegpt", "ranking": true, "columns": {
              "messages": "conversations", "chosen": "better", "rejected": "worse"}},
             "verdicts": {"file_name": "rows.jsonl", "columns": {"prompt": "instruction", "response": "output",
              "kto_tag": "good"}}}
            """;
    private static final String ALPACA = "{'instruction': 'q', 'input': '', 'output': 'a', 'history': [], 'tools': ''}";
    private static final String HUMAN = "{'from': 'human', 'value': 'q'}";
    private static final String GPT = "{'from': 'gpt', 'value': 'a'}";
    private static final String USER = "{'role': 'user', 'content': 'q'}";
    private static final String ANSWER = "{'role': 'assistant', 'content': 'a'}";
    private static final String PAIR = "{'instruction': 'q', 'better': 'a', 'worse': 'b'}";
    private static final String CHATPAIR =
            "{'conversations': [" + HUMAN + "], 'better': " + GPT + ", 'worse': {'from': 'gpt', 'value': 'b'}}";
    private static final String VERDICT = "{'instruction': 'q', 'output': 'a', 'good': true}";

    private static Tokenizer tokenizer;

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        tokenizer = Golden.tokenizer("bytes");
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private record Case(String name, String stage, String set, String template, String good, String bad, String said) {}

    private static String chat(String... turns) {
        return "{'conversations': [" + String.join(", ", turns) + "]}";
    }

    private static String trace(String... turns) {
        return "{'messages': [" + String.join(", ", turns) + "]}";
    }

    private static String call(String content) {
        return chat(HUMAN, "{'from': 'function_call', 'value': '" + content.replace("'", "\\\"") + "'}");
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>(alpaca());
        cases.addAll(sharegpt());
        cases.addAll(openai());
        cases.addAll(compared());
        cases.addAll(calls());
        return cases;
    }

    private static List<Case> alpaca() {
        List<Case> cases = new ArrayList<>();
        String[][] rows = {
            {"a column that the row lacks", "{'instruction': 'q'}", "no answer to learn from"},
            {"a null", "{'instruction': 'q', 'output': null}", "no answer to learn from"},
            {"a number", "{'instruction': 'q', 'output': 7}", "output: expected a text, found 7"},
            {"a list", "{'instruction': ['q'], 'output': 'a'}", "instruction: expected a text"},
            {"history of one text", "{'instruction': 'q', 'output': 'a', 'history': ['x']}", "history[0]: "},
            {
                "history of three",
                "{'instruction': 'q', 'output': 'a', 'history': [['x', 'y'], ['x', 'y', 'z']]}",
                "history[1]: "
            },
            {
                "history of numbers",
                "{'instruction': 'q', 'output': 'a', 'history': [['x', 1]]}",
                "history[0][1]: expected a text"
            },
            {
                "tools that are no JSON",
                "{'instruction': 'q', 'output': 'a', 'tools': '[{]'}",
                "tools: expected a JSON list of tools, found at character 3"
            },
            {
                "half a character",
                "{'instruction': 'q', 'output': 'a\\ud83d'}",
                "output: expected a text of whole characters, found half a surrogate pair at place 1"
            }
        };
        for (String[] row : rows) {
            cases.add(new Case(row[0], "sft", "alpaca", "qwen", ALPACA, row[1], row[2]));
        }
        return cases;
    }

    private static List<Case> sharegpt() {
        String good = chat(HUMAN, GPT).replace("]}", "], 'tools': ''}");
        String system = "{'from': 'system', 'value': 's'}";
        String[][] rows = {
            {"no messages", chat(), "conversations: no messages"},
            {"the column is absent", "{'other': 1}", "conversations"},
            {"the first role is wrong", chat(GPT, HUMAN), "conversations[0].from: expected one of human, observation"},
            {
                "two questions",
                chat(HUMAN, GPT, HUMAN, HUMAN),
                "conversations[3].from: expected one of gpt, function_call, found \"human\""
            },
            {"an open question", chat(HUMAN, GPT, HUMAN), "the last message must be an answer"},
            {"a system text in the middle", chat(HUMAN, system, GPT), "conversations[1].from"},
            {
                "a role that nobody knows",
                chat("{'from': 'bot', 'value': 'q'}", GPT),
                "conversations[0].from: expected one of human, observation, found \"bot\""
            },
            {"no role", chat("{'value': 'q'}", GPT), "conversations[0].from"},
            {
                "nothing said",
                chat(HUMAN, "{'from': 'gpt', 'value': null}"),
                "conversations[1].value: expected a text, found nothing"
            },
            {"a message that is a text", chat("'q'", GPT), "conversations[0]: expected an object"},
            {"messages that are a text", "{'conversations': 'q'}", "conversations: expected a list"}
        };
        List<Case> cases = new ArrayList<>();
        for (String[] row : rows) {
            cases.add(new Case("chat: " + row[0], "sft", "chats", "qwen", good, row[1], row[2]));
        }
        cases.add(new Case(
                "pretraining on a broken chat", "pt", "chats", "default", good, chat(GPT), "conversations[0].from"));
        return cases;
    }

    private static List<Case> openai() {
        String tool = "{'role': 'tool', 'content': 'r'}";
        String calls = "{'role': 'assistant', 'tool_calls': [{'function': ";
        String[][] rows = {
            {"a role that nobody knows", trace("{'role': 'bot', 'content': 'q'}", ANSWER), "messages[0].role"},
            {
                "results that no answer follows",
                trace(USER, calls + "{'name': 'f', 'arguments': {}}}]}", tool),
                "messages[2]"
            },
            {
                "a call without a name",
                trace(USER, calls + "{'arguments': {}}}]}"),
                "messages[1].tool_calls[0].function.name: expected a text"
            },
            {
                "arguments that are no JSON",
                trace(USER, calls + "{'name': 'f', 'arguments': '{'}}]}"),
                "messages[1].tool_calls[0].function.arguments: expected a JSON object of arguments, found at character"
            },
            {
                "arguments that are a list",
                trace(USER, calls + "{'name': 'f', 'arguments': [1]}}]}"),
                "messages[1].tool_calls[0].function.arguments: expected an object"
            },
            {
                "half a character",
                trace(USER, "{'role': 'assistant', 'content': '\\udc00'}"),
                "messages[1].content: expected a text of whole characters"
            }
        };
        List<Case> cases = new ArrayList<>();
        for (String[] row : rows) {
            cases.add(new Case("trace: " + row[0], "sft", "openai", "qwen", trace(USER, ANSWER), row[1], row[2]));
        }
        return cases;
    }

    private static List<Case> compared() {
        return List.of(
                new Case(
                        "chosen is a list",
                        "dpo",
                        "pairs",
                        "qwen",
                        PAIR,
                        "{'instruction': 'q', 'better': ['a'], 'worse': 'b'}",
                        "better: expected a text"),
                new Case(
                        "rejected is absent",
                        "dpo",
                        "pairs",
                        "qwen",
                        PAIR,
                        "{'instruction': 'q', 'better': 'a'}",
                        "worse: expected a text, found nothing"),
                new Case(
                        "chosen is said by the user",
                        "dpo",
                        "chatpairs",
                        "qwen",
                        CHATPAIR,
                        CHATPAIR.replace("'better': {'from': 'gpt'", "'better': {'from': 'human'"),
                        "better.from: expected one of gpt, function_call, found \"human\""),
                new Case(
                        "rejected is a text",
                        "dpo",
                        "chatpairs",
                        "qwen",
                        CHATPAIR,
                        "{'conversations': [" + HUMAN + "], 'better': " + GPT + ", 'worse': 'b'}",
                        "worse: expected an object"),
                new Case(
                        "a verdict in words",
                        "kto",
                        "verdicts",
                        "qwen",
                        VERDICT,
                        VERDICT.replace("true", "'yes'"),
                        "good: expected true or false, found \"yes\""),
                new Case("no verdict", "kto", "verdicts", "qwen", VERDICT, ALPACA, "no verdict on the answer"));
    }

    private static List<Case> calls() {
        String good = chat(HUMAN, GPT).replace("]}", "], 'tools': ''}");
        String two = "[{'name': 'f', 'arguments': {}}, {'name': 'g', 'arguments': {}}]";
        return List.of(
                new Case("a call that is no JSON", "sft", "chats", "qwen", good, call("f(1)"), "JSON"),
                new Case("a call without arguments", "sft", "chats", "qwen", good, call("{'name': 'f'}"), "arguments"),
                new Case("a call without a name", "sft", "chats", "qwen", good, call("{'arguments': {}}"), "name"),
                new Case("calls at once that a format cannot write", "sft", "chats", "glm4", good, call(two), "call"),
                new Case(
                        "tools that are no JSON",
                        "sft",
                        "chats",
                        "qwen",
                        good,
                        good.replace("''}", "'{'}"),
                        "tools: expected a JSON list of tools"));
    }

    private Requests request(Case wrong) {
        return Requests.in(folder)
                .stage(wrong.stage())
                .datasets(wrong.set())
                .template(wrong.template())
                .cutoff(wrong.stage().equals("pt") ? 2 : 2048);
    }

    @TestFactory
    List<DynamicTest> eachFaultIsReportedWithItsPlace() {
        return cases().stream()
                .map(wrong -> DynamicTest.dynamicTest(wrong.name(), () -> check(wrong)))
                .toList();
    }

    private void check(Case wrong) throws IOException {
        Files.writeString(folder.resolve("dataset_info.json"), CATALOG);
        String lines = wrong.good() + "\n" + wrong.bad() + "\n" + wrong.good() + "\n";
        Files.writeString(folder.resolve("rows.jsonl"), lines.replace('\'', '"'));
        CutReport report =
                TrainingData.open(request(wrong).build(), tokenizer).train().report();
        CutReport.Line line = report.lines().get(0);
        assertEquals(
                List.of(wrong.set(), 3L, 2L, 1L), List.of(line.dataset(), line.rows(), line.kept(), line.rejected()));
        assertEquals(1, report.reasons().size());
        CutReport.Reason reason = report.reasons().get(0);
        Rejection rejection = reason.examples().get(0);
        assertEquals(
                folder.resolve("rows.jsonl").toString(), rejection.provenance().file());
        assertEquals(
                List.of(1L, 2),
                List.of(rejection.provenance().row(), rejection.provenance().line()));
        assertTrue(rejection.toString().contains(wrong.said()), rejection.toString());
        String strict = assertThrows(
                        DataException.class,
                        () -> TrainingData.open(
                                request(wrong).invalid(Policy.FAIL, 1).build(), tokenizer))
                .getMessage();
        assertTrue(strict.contains("rows.jsonl:2") && strict.contains(wrong.said()), strict);
    }
}
