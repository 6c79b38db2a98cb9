package dev.finetune4j.data.template.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.plugin.Plugins;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;

/**
 * Whatever a model writes is calls or, unchanged, text; whatever stands in a row as tools or calls is rendered or refused
 * with its reason. Runs over the committed corpus; {@code JAZZER_FUZZ=1} looks for more.
 */
class ToolFuzzTest {
    private static final List<ToolFormat> FORMATS = Plugins.all(ToolFormat.class);
    private static final ToolStyle OWN = new ToolStyle(LocalDate.EPOCH, false);
    private static final ToolStyle LIKE = new ToolStyle(LocalDate.EPOCH, true);

    @FuzzTest
    void answersAreCallsOrText(byte[] bytes) {
        String answer = new String(bytes, StandardCharsets.UTF_8);
        for (ToolFormat format : FORMATS) {
            if (format.extract(answer, answer) instanceof Extraction.Calls calls) {
                assertFalse(calls.calls().isEmpty(), format.name());
                calls.calls().forEach(call -> assertFalse(call.argumentsJson().isEmpty()));
            } else {
                assertEquals(new Extraction.Text(answer), format.extract(answer), format.name());
            }
        }
    }

    @FuzzTest
    void toolsAndCallsAreRenderedOrRefused(byte[] bytes) {
        String row = new String(bytes, StandardCharsets.UTF_8);
        for (ToolFormat format : FORMATS) {
            for (ToolStyle style : List.of(OWN, LIKE)) {
                refusedAtMost(() -> format.renderTools(row, style));
                refusedAtMost(() -> new CallText(format, style)
                        .render(row, new CallText.Words("<think>", "</think>"), new CallText.Words("<c>", "</c>")));
            }
        }
    }

    private static void refusedAtMost(Runnable rendering) {
        try {
            rendering.run();
        } catch (TemplateException e) {
            assertFalse(e.getMessage().isBlank());
            assertEquals(true, e.getMessage().length() < 2000, "a message that a person can read");
        }
    }
}
