package dev.finetune4j.data.jinja;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.jinja.value.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Whatever a template says, it renders or is refused with a message, in bounded time. Runs over the committed corpus;
 * {@code JAZZER_FUZZ=1 mvn -Dfuzz.hooks=true} looks for more.
 */
class JinjaFuzzTest {
    private static final Limits SMALL = new Limits(200_000, 1 << 20, 1 << 22, 100);
    private static final Map<String, Object> VARIABLES = variables();

    @SuppressWarnings("unchecked")
    private static Map<String, Object> variables() {
        return new JsonMapper()
                .convertValue(Golden.json("golden/jinja/inputs.json").get("snippets"), Map.class);
    }

    @FuzzTest(maxDuration = "60s")
    void anyTemplateRendersOrIsRefused(byte[] template) {
        String before = VARIABLES.toString();
        try {
            Rendering rendering = JinjaTemplate.compile(new String(template, StandardCharsets.UTF_8))
                    .limits(SMALL)
                    .render(VARIABLES);
            assertTrue(rendering.text().length() <= SMALL.text());
        } catch (TemplateException e) {
            assertTrue(e.getMessage().contains("hat template"), e.getMessage());
        }
        assertTrue(before.equals(VARIABLES.toString()), "the template changed its input");
    }
}
