package dev.finetune4j.data.template.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools and calls are written as recorded from LLaMA-Factory. */
class ToolFormatParityTest {
    private static final CallText.Words THOUGHT = new CallText.Words("<think>\n", "\n</think>\n\n");
    private static final CallText.Words CALL = new CallText.Words("<tool_call>", "</tool_call>");

    private static JsonNode golden(String name) {
        for (JsonNode format : Golden.json("golden/tool_formats.json")) {
            if (format.get("name").asText().equals(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "qwen"})
    void toolsAreWrittenAsRecorded(String name) {
        JsonNode golden = golden(name);
        ToolFormat format = ToolFormat.named(name);
        String tools = golden.get("tools_json").asText();
        assertEquals(golden.get("tools_rendered").asText(), format.renderTools(tools));
        assertEquals("", format.renderTools("[]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "qwen"})
    void callsAreWrittenAsRecorded(String name) {
        JsonNode golden = golden(name);
        ToolFormat format = ToolFormat.named(name);
        for (String kind : new String[] {"one_call", "two_calls", "thought", "wrapped", "string_arguments"}) {
            String content = golden.get(kind + "_content").asText();
            assertEquals(
                    golden.get(kind + "_rendered").asText(), CallText.render(content, format, THOUGHT, CALL), kind);
        }
    }

    @Test
    void wrappedToolsAreWrittenLikeBareOnes() {
        String tool = "{\"name\": \"f\", \"description\": \"d\", \"parameters\": {}}";
        String bare = "[" + tool + "]";
        String wrapped = "[{\"type\": \"function\", \"function\": " + tool + "}]";
        for (String name : new String[] {"default", "qwen"}) {
            ToolFormat format = ToolFormat.named(name);
            assertEquals(format.renderTools(bare), format.renderTools(wrapped));
        }
    }

    @Test
    void brokenToolsAndCallsAreRefused() {
        ToolFormat format = ToolFormat.named("qwen");
        for (String tools : new String[] {"[{]", "{\"name\": \"f\"}", "[1]"}) {
            assertThrows(TemplateException.class, () -> format.renderTools(tools), tools);
        }
        for (String call : new String[] {"{", "{\"name\": \"f\"}", "{\"arguments\": {}}", "3"}) {
            assertThrows(TemplateException.class, () -> CallText.render(call, format), call);
        }
    }

    @Test
    void formatsToComeAreNamedAsSuch() {
        UnsupportedException planned = assertThrows(UnsupportedException.class, () -> ToolFormat.named("glm4"));
        assertTrue(planned.getMessage().contains("not available yet"), planned.getMessage());
        UnsupportedException unknown = assertThrows(UnsupportedException.class, () -> ToolFormat.named("nope"));
        assertTrue(unknown.getMessage().contains("qwen"), unknown.getMessage());
    }
}
