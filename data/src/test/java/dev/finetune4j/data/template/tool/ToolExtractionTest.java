package dev.finetune4j.data.template.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.data.source.PythonJson;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a format writes it reads again, and what anybody else writes does no harm. P36. */
class ToolExtractionTest {
    private static final ToolStyle STYLE = new ToolStyle(LocalDate.of(2026, 1, 5), false);
    private static final int ROUNDS = 400;
    private static final int LARGE = 1_000_000;
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "a",
            "1",
            "true",
            "null",
            "\"q\"",
            "back\\slash",
            "it's",
            "two\nlines",
            "\n",
            " both ends ",
            "\ttab",
            "Köln",
            "漢字",
            "👍🏽",
            "{\"a\": 1}",
            "[1",
            "a, b=c",
            "Action: x",
            "}<",
            "</tool",
            "<x>",
            "a: b",
            "1e5",
            "\u00a0");

    private static List<ToolFormat> formats() {
        return Plugins.all(ToolFormat.class);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void callsAreReadAsTheyWereWritten(ToolFormat format) {
        Random random = new Random(20260105);
        for (int round = 0; round < ROUNDS; round++) {
            int count = format.name().equals("glm4") ? 1 : 1 + random.nextInt(3);
            List<FunctionCall> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                calls.add(new FunctionCall("get-it_" + i, object(random, 0)));
            }
            String text = format.renderCalls(calls, STYLE);
            assertEquals(new Extraction.Calls(calls), format.extract(text, declared(calls)), text);
        }
    }

    /** Names and types of the calls' own arguments. */
    private static String declared(List<FunctionCall> calls) {
        List<Object> tools = new ArrayList<>();
        for (FunctionCall call : calls) {
            Map<String, Object> properties = new LinkedHashMap<>();
            ((Map<?, ?>) call.arguments())
                    .forEach((key, value) -> properties.put(
                            String.valueOf(key), Map.of("type", value instanceof String ? "string" : "object")));
            tools.add(Map.of("name", call.name(), "parameters", Map.of("properties", properties)));
        }
        return PythonJson.write(tools);
    }

    private static Map<String, Object> object(Random random, int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.put("key_" + random.nextInt(9), value(random, depth + 1));
        }
        return object;
    }

    private static Object value(Random random, int depth) {
        switch (random.nextInt(depth > 3 ? 5 : 7)) {
            case 0:
                return random.nextInt(2000) - 1000;
            case 1:
                return random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
            case 2:
                return random.nextBoolean();
            case 3:
                return null;
            case 4:
                return TEXTS.get(random.nextInt(TEXTS.size())) + TEXTS.get(random.nextInt(TEXTS.size()));
            case 5:
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    list.add(value(random, depth + 1));
                }
                return list;
            default:
                return object(random, depth);
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void plainAnswersStayText(ToolFormat format) {
        for (String text :
                List.of("", "3 degrees.", "[1, 2]", "{\"a\": 1}", "Two\n42", "<tool_call>", "Action:", "[]", "null")) {
            assertEquals(new Extraction.Text(text), format.extract(text), text);
        }
    }

    /** Quadratic reading of these would take hours, recursion would end in a stack overflow. */
    @ParameterizedTest
    @MethodSource("formats")
    void hostileAnswersAreReadInBoundedTime(ToolFormat format) {
        List<String> marks = List.of(
                "<tool_call>",
                "</tool_call>",
                "<tool_call> </tool_call>",
                "<tool_call>{</tool_call>",
                "<tool_calls>",
                "<minimax:tool_call>",
                "<minimax:tool_call><invoke name=\"",
                "<invoke name=\"a\">",
                "<seed:tool_call>",
                "<seed:tool_call><function=f",
                "<tool_call><function=a ",
                "<tool_call><function=a></function>",
                "</function> ",
                "<parameter=a>",
                "<|tool_call_start|>",
                "<|tool_call>call:a{",
                "Action: a Action Input: ",
                "Action:",
                "Action: a Action Input: {",
                "[",
                "{\"a\":",
                "{",
                "(",
                "\"",
                "\\",
                " ",
                "\n",
                "<arg_key>",
                "{a:",
                "<|\"|>",
                "f(a=[");
        List<String> fronts = List.of(
                "",
                "<|tool_call_start|>",
                "<|tool_call_start|>[f(a=",
                "<|tool_call>call:a{",
                "<minimax:tool_call>",
                "<tool_calls>\n",
                "<tool_call>\n",
                "Action: a\nAction Input: ",
                "f\n",
                "<tool_call><function=f>");
        List<String> ends = List.of(
                "", "<|tool_call_end|>", "}<tool_call|>", "</minimax:tool_call>", "</tool_calls>", "</tool_call>");
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            for (String front : fronts) {
                for (String mark : marks) {
                    String text = front + mark.repeat((front.isEmpty() ? LARGE : LARGE / 20) / mark.length());
                    for (String end : front.isEmpty() ? List.of("") : ends) {
                        format.extract(text + end);
                    }
                }
            }
        });
    }

    /** Random cuttings of what formats write: no exception but none at all. */
    @Test
    void mutilatedAnswersAreCallsOrText() {
        Random random = new Random(7);
        int read = 0;
        for (int round = 0; round < 3000; round++) {
            ToolFormat writer = formats().get(random.nextInt(formats().size()));
            String text = writer.renderCalls(List.of(new FunctionCall("f", object(random, 0))), STYLE);
            int from = random.nextInt(text.length());
            int to = from + random.nextInt(text.length() - from);
            String cut = random.nextBoolean() ? text.substring(from, to) : text.substring(0, from) + text.substring(to);
            for (ToolFormat reader : formats()) {
                read += reader.extract(cut) instanceof Extraction.Text found
                                && found.text().equals(cut)
                        ? 1
                        : 0;
            }
        }
        assertEquals(true, read > 0);
    }

    @Test
    void pythonCallsMayBeWrittenInPythonsWays() {
        ToolFormat lfm2 = ToolFormat.named("lfm2");
        String text =
                "Sure. <|tool_call_start|>[f('x', a='it\\'s', b=True, c=None, d=(1, 2.5), e={'k': [False]}, g=-3,), "
                        + "now()]<|tool_call_end|> Done.";
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("a", "it's");
        arguments.put("b", true);
        arguments.put("c", null);
        arguments.put("d", List.of(1, 2.5));
        arguments.put("e", Map.of("k", List.of(false)));
        arguments.put("g", -3);
        assertEquals(
                new Extraction.Calls(List.of(new FunctionCall("f", arguments), new FunctionCall("now", Map.of()))),
                lfm2.extract(text));
        assertEquals(
                new Extraction.Calls(List.of(new FunctionCall("now", Map.of()))),
                lfm2.extract("<|tool_call_start|>now()<|tool_call_end|>"));
    }

    @Test
    void withoutDeclaredTypesWhatReadsAsJsonIsJson() {
        ToolFormat format = ToolFormat.named("qwen3_5");
        String text = format.renderCalls(List.of(new FunctionCall("f", Map.of("zip", "01234", "n", "12"))), STYLE);
        assertEquals(
                new Extraction.Calls(List.of(new FunctionCall("f", Map.of("zip", "01234", "n", 12)))),
                format.extract(text));
        String tools = "[{\"name\": \"f\", \"parameters\": {\"properties\": {\"n\": {\"type\": \"string\"}}}}]";
        assertEquals(
                new Extraction.Calls(List.of(new FunctionCall("f", Map.of("zip", "01234", "n", "12")))),
                format.extract(text, tools));
    }

    @Test
    void textAroundCallsIsPassedOver() {
        assertEquals(
                new Extraction.Calls(List.of(new FunctionCall("f", Map.of("a", 1)))),
                ToolFormat.named("qwen")
                        .extract("Let me see. <tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1}}</tool_call>"));
        String behind = "<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call> and more";
        assertEquals(new Extraction.Text(behind), ToolFormat.named("qwen").extract(behind));
    }
}
