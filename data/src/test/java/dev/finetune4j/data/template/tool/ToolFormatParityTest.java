package dev.finetune4j.data.template.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.data.Golden;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tools and calls are written and read as recorded from LLaMA-Factory, failures included. */
class ToolFormatParityTest {
    private static final CallText.Words THOUGHT = new CallText.Words("<think>\n", "\n</think>\n\n");
    private static final CallText.Words CALL = new CallText.Words("<tool_call>", "</tool_call>");
    private static final ToolStyle LIKE = new ToolStyle(LocalDate.of(2026, 1, 5), true);
    private static final ToolStyle OWN = new ToolStyle(LocalDate.of(2026, 1, 5), false);
    private static final JsonNode GOLDEN = Golden.json("golden/tool_formats.json");

    private static JsonNode golden(String name) {
        for (JsonNode format : GOLDEN) {
            if (format.get("name").asText().equals(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException(name);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        GOLDEN.forEach(format -> names.add(format.get("name").asText()));
        return names;
    }

    @Test
    void everyFormatIsThere() {
        Set<String> found = new TreeSet<>();
        Plugins.all(ToolFormat.class).forEach(format -> found.add(format.name()));
        assertEquals(new TreeSet<>(names()), found);
        assertEquals(13, found.size());
    }

    @ParameterizedTest
    @MethodSource("names")
    void toolsAreWrittenAsRecorded(String name) throws Exception {
        JsonNode golden = golden(name);
        ToolFormat format = ToolFormat.named(name);
        String tools = golden.get("tools_json").asText();
        assertEquals(golden.get("tools_rendered").asText(), format.renderTools(tools, OWN));
        assertEquals(golden.get("tools_rendered").asText(), format.renderTools(tools, LIKE));
        assertEquals(
                golden.get("tools_rendered_from_openai_wrapped").asText(), format.renderTools(wrapped(tools), LIKE));
        assertEquals(golden.get("tools_rendered_empty_list").asText(), format.renderTools("[]", LIKE));
    }

    private static String wrapped(String tools) throws Exception {
        List<Object> entries = new ArrayList<>();
        for (Object tool : (List<?>) dev.finetune4j.data.source.PythonJson.parse(tools)) {
            java.util.Map<String, Object> entry = new java.util.LinkedHashMap<>();
            entry.put("type", "function");
            entry.put("function", tool);
            entries.add(entry);
        }
        return dev.finetune4j.data.source.PythonJson.write(entries);
    }

    @ParameterizedTest
    @MethodSource("names")
    void callsAreWrittenAsRecorded(String name) {
        JsonNode golden = golden(name);
        CallText text = new CallText(ToolFormat.named(name), LIKE);
        int checked = 0;
        for (String kind : new String[] {"one_call", "two_calls", "thought", "wrapped", "string_arguments"}) {
            String content = golden.get(kind + "_content").asText();
            JsonNode rendered = golden.get(kind + "_rendered");
            if (rendered.has("error")) {
                assertThrows(TemplateException.class, () -> text.render(content, THOUGHT, CALL), kind);
            } else {
                assertEquals(rendered.asText(), text.render(content, THOUGHT, CALL), kind);
            }
            checked++;
        }
        assertEquals(5, checked);
    }

    @ParameterizedTest
    @MethodSource("names")
    void callsAreReadAsRecorded(String name) {
        JsonNode golden = golden(name);
        ToolFormat format = ToolFormat.named(name);
        for (String kind : new String[] {"one_call", "two_calls"}) {
            JsonNode expected = golden.get("extract_of_" + kind + "_rendered");
            if (expected.isNull()) {
                continue;
            }
            String text = golden.get(kind + "_rendered").asText();
            Extraction found = format.extract(text);
            if (expected.has("text")) {
                assertEquals(new Extraction.Text(expected.get("text").asText()), found, kind);
            } else {
                List<String> calls = new ArrayList<>();
                expected.forEach(call -> calls.add(
                        call.get("name").asText() + " " + call.get("arguments").asText()));
                assertEquals(calls, described(found), kind);
            }
        }
    }

    private static List<String> described(Extraction found) {
        return ((Extraction.Calls) found)
                .calls().stream()
                        .map(call -> call.name() + " " + call.argumentsJson())
                        .toList();
    }

    @Test
    void malformedCallsAreWrittenAsTheirPromptsAskFor() {
        String content = golden("qwen").get("two_calls_content").asText();
        assertEquals(
                "\n<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Köln \"Süd\"</arg_value>\n"
                        + "<arg_key>days</arg_key>\n<arg_value>[1, 2]</arg_value>\n<arg_key>opts</arg_key>\n"
                        + "<arg_value>{\"b\": true, \"a\": null}</arg_value>\n<arg_key>x</arg_key>\n"
                        + "<arg_value>1.5</arg_value>\n</tool_call>\n<tool_call>now\n</tool_call>",
                new CallText(ToolFormat.named("glm4_moe"), OWN).render(content));
        assertEquals(
                "<minimax:tool_call>\n"
                        + golden("minimax2").get("two_calls_rendered").asText() + "\n</minimax:tool_call>",
                new CallText(ToolFormat.named("minimax2"), OWN).render(content));
        assertEquals(
                "\n<seed:tool_call>\n<function=get_weather>\n<parameter=city>Köln \"Süd\"</parameter>\n"
                        + "<parameter=days>[1, 2]</parameter>\n<parameter=opts>{\"b\": true, \"a\": null}</parameter>\n"
                        + "<parameter=x>1.5</parameter>\n</function>\n</seed:tool_call>\n<seed:tool_call>\n"
                        + "<function=now>\n</function>\n</seed:tool_call>",
                new CallText(ToolFormat.named("seed_oss"), OWN).render(content));
        assertEquals(
                "<|tool_call_start|>[get_weather(city=\"Köln \\\"Süd\\\"\", days=[1, 2], opts={\"b\": true, \"a\":"
                        + " null}, x=1.5), now()]<|tool_call_end|>",
                new CallText(ToolFormat.named("lfm2"), OWN).render(content));
    }

    @ParameterizedTest
    @MethodSource("names")
    void brokenToolsAndCallsAreRefusedWithTheirPlace(String name) {
        ToolFormat format = ToolFormat.named(name);
        for (String tools : new String[] {"[{]", "{\"name\": \"f\"}", "[1]", "", "[{\"name\": \"f\"}] x"}) {
            assertThrows(TemplateException.class, () -> format.renderTools(tools, OWN), tools);
        }
        CallText text = new CallText(format, OWN);
        for (String call : new String[] {"{", "{\"name\": \"f\"}", "{\"arguments\": {}}", "3", "[]", "[3]", ""}) {
            assertThrows(TemplateException.class, () -> text.render(call), call);
        }
        TemplateException place =
                assertThrows(TemplateException.class, () -> text.render("{\"name\": \"f\",\n \"arguments\": {a}}"));
        assertTrue(place.getMessage().contains("at character 30"), place.getMessage());
        TemplateException which = assertThrows(
                TemplateException.class,
                () -> text.render("[{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g\"}]"));
        assertTrue(which.getMessage().contains("call 2 has no \"arguments\""), which.getMessage());
    }

    @Test
    void unknownFormatsAreNamed() {
        UnsupportedException unknown = assertThrows(UnsupportedException.class, () -> ToolFormat.named("nope"));
        assertTrue(unknown.getMessage().contains("qwen"), unknown.getMessage());
    }
}
