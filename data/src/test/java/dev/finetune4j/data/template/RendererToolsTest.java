package dev.finetune4j.data.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Role;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools, calls and results inside conversations. P36. */
class RendererToolsTest {
    private static final String TOOLS = "[{\"name\": \"f\", \"description\": \"d\", \"parameters\": {}}]";
    private static final String CALL = "{\"name\": \"f\", \"arguments\": {\"a\": 1}}";

    private static List<Message> call(Message call, Message result) {
        return List.of(Message.user("Q"), call, result, Message.assistant("A"));
    }

    private static String text(List<Slot> pieces) {
        StringBuilder out = new StringBuilder();
        for (Slot piece : pieces) {
            out.append(piece instanceof Slot.Text text ? text.text() : piece instanceof Slot.Token t ? t.token() : "");
        }
        return out.toString();
    }

    private static List<Turn> turns(String template, List<Message> messages, String tools) {
        return new Renderer(TemplateCatalog.named(template)).turns(messages, "", tools, false);
    }

    private static final Message RESULT = new Message(Role.OBSERVATION, "R");

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", " [ ] ", "\n"})
    void anEmptyToolListIsNoToolAtAll(String tools) {
        List<Message> plain = List.of(Message.user("Q"), Message.assistant("A"));
        assertEquals(turns("llama3", plain, ""), turns("llama3", plain, tools));
    }

    @Test
    void anEmptyToolListKeepsItsEmptyBlockUnderCompatibility() {
        List<Message> plain = List.of(Message.user("Q"), Message.assistant("A"));
        Template like = TemplateCatalog.named("llama3").with(TemplateOptions.DEFAULTS.likeLlamaFactory(true));
        String prompt =
                text(new Renderer(like).turns(plain, "", "[]", false).get(0).prompt());
        assertTrue(prompt.startsWith("<|start_header_id|>system<|end_header_id|>\n\n<|eot_id|>"), prompt);
    }

    @Test
    void textAndCallsShareATurn() {
        Message both = new Message(Role.FUNCTION, "Let me look.", "[" + CALL + "]", List.of());
        assertEquals(
                "Let me look.\n<tool_call>\n" + CALL + "\n</tool_call><|im_end|>\n",
                text(turns("qwen", call(both, RESULT), TOOLS).get(0).response()));
        assertEquals(
                "Let me look.<|tool_call_start|>[f(a=1)]<|tool_call_end|><|im_end|>\n",
                text(turns("lfm2", call(both, RESULT), TOOLS).get(0).response()));
        Message alone = new Message(Role.FUNCTION, "", "[" + CALL + "]", List.of());
        assertEquals(
                text(turns("qwen", call(new Message(Role.FUNCTION, CALL), RESULT), TOOLS)
                        .get(0)
                        .response()),
                text(turns("qwen", call(alone, RESULT), TOOLS).get(0).response()));
    }

    @Test
    void resultsOfOneTurnStandAsTheTemplateHasThem() {
        Message results = new Message(Role.OBSERVATION, "R1", "", List.of("R2"));
        Message call = new Message(Role.FUNCTION, CALL);
        assertTrue(text(turns("qwen", call(call, results), TOOLS).get(1).prompt())
                .contains("<tool_response>\nR1\n</tool_response>\n<tool_response>\nR2\n</tool_response><|im_end|>"));
        assertTrue(text(turns("llama3", call(call, results), TOOLS).get(1).prompt())
                .startsWith("<|start_header_id|>ipython<|end_header_id|>\n\nR1<|eot_id|>"
                        + "<|start_header_id|>ipython<|end_header_id|>\n\nR2<|eot_id|>"));
        assertTrue(text(turns("mistral", call(call, results), TOOLS).get(1).prompt())
                .contains("[TOOL_RESULTS] {\"content\": R1}[/TOOL_RESULTS][TOOL_RESULTS] {\"content\": R2}"));
        assertTrue(text(turns("vicuna", call(call, results), TOOLS).get(1).prompt())
                .contains("R1\nR2"));
    }

    @Test
    void argumentsInsideAJsonTextBecomeAnObject() {
        String twice = "{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}";
        assertEquals(
                turns("qwen", call(new Message(Role.FUNCTION, CALL), RESULT), TOOLS),
                turns("qwen", call(new Message(Role.FUNCTION, twice), RESULT), TOOLS));
    }

    @Test
    void thePromptsDateIsTheRunsDate() {
        Template template =
                TemplateCatalog.named("llama3").with(TemplateOptions.DEFAULTS.date(LocalDate.of(2031, 9, 7)));
        String prompt = text(new Renderer(template)
                .turns(call(new Message(Role.FUNCTION, CALL), RESULT), "", TOOLS, false)
                .get(0)
                .prompt());
        assertTrue(prompt.contains("Today Date: 07 Sep 2031\n"), prompt);
    }

    @Test
    void onlyTemplatesThatNameTheDayDifferFromDayToDay() {
        TemplateOptions one = TemplateOptions.DEFAULTS.date(LocalDate.of(2031, 9, 7));
        TemplateOptions other = TemplateOptions.DEFAULTS.date(LocalDate.of(2031, 9, 8));
        Template qwen = TemplateCatalog.named("qwen");
        assertEquals(qwen.with(one).timeless(), qwen.with(other).timeless());
        assertEquals(
                false,
                qwen.with(one)
                        .timeless()
                        .equals(qwen.with(one.likeLlamaFactory(true)).timeless()));
        Template llama3 = TemplateCatalog.named("llama3");
        assertEquals(
                false, llama3.with(one).timeless().equals(llama3.with(other).timeless()));
    }

    @Test
    void parallelCallsThatAFormatCannotWriteAreNamed() {
        Message two = new Message(Role.FUNCTION, "[" + CALL + ", " + CALL.replace("\"f\"", "\"g\"") + "]");
        TemplateException refused =
                assertThrows(TemplateException.class, () -> turns("glm4", call(two, RESULT), TOOLS));
        assertTrue(
                refused.getMessage().contains("glm4") && refused.getMessage().contains("f, g"), refused.getMessage());
    }

    @Test
    void anotherToolFormatKeepsTheTemplatesEndMark() {
        TemplateOptions options = new TemplateOptions(null, "mistral", true, false);
        List<Message> messages = call(new Message(Role.FUNCTION, CALL), RESULT);
        Template own = TemplateCatalog.named("qwen").with(options);
        assertEquals(
                "[" + CALL + "]<|im_end|>\n",
                text(new Renderer(own).turns(messages, "", TOOLS, false).get(0).response()));
        Template like = TemplateCatalog.named("qwen").with(options.likeLlamaFactory(true));
        assertEquals(
                List.of(new Slot.Text("[" + CALL + "]"), Slot.Special.EOS),
                new Renderer(like).turns(messages, "", TOOLS, false).get(0).response());
    }

    /** The llama2 class writes the system text into the first message, and a conversation may start with a result. */
    @Test
    void theSystemTextIsKeptInFrontOfAResult() {
        List<Message> messages = List.of(RESULT, Message.assistant("A"));
        Template own = TemplateCatalog.named("gemma");
        assertTrue(
                text(new Renderer(own).turns(messages, "SYS", "", false).get(0).prompt())
                        .contains("SYS"));
        Template like = own.with(TemplateOptions.DEFAULTS.likeLlamaFactory(true));
        assertEquals(
                false,
                text(new Renderer(like).turns(messages, "SYS", "", false).get(0).prompt())
                        .contains("SYS"));
    }

    @Test
    void thoughtsMayStandInFrontOfCallsOfTheLlama2Class() {
        Message thoughtful = new Message(Role.FUNCTION, "<think>\nhm\n</think>\n\n" + CALL);
        assertTrue(text(turns("gemma", call(thoughtful, RESULT), TOOLS).get(0).response())
                .startsWith("<think>\nhm\n</think>\n\nAction: f"));
    }
}
