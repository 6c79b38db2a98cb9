package dev.finetune4j.data.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every template of the corpus renders as Transformers renders it; what raises there is refused here. */
class JinjaParityTest {
    private static final String FOLDER = "golden/jinja/";
    private static final Clock NOON =
            Clock.fixed(LocalDateTime.of(2024, 7, 4, 15, 9, 26).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    private static final JsonNode INPUTS = Golden.json(FOLDER + "inputs.json");

    @SuppressWarnings("unchecked")
    private static Map<String, Object> variables(JsonNode input) {
        return new JsonMapper().convertValue(input, Map.class);
    }

    /** The text and the spans in code points, or "refused". */
    private static String render(String source, Map<String, Object> variables) {
        try {
            Rendering rendering = JinjaTemplate.compile(source).clock(NOON).render(variables);
            List<String> spans = new ArrayList<>();
            for (Rendering.Span span : rendering.generated()) {
                String text = rendering.text();
                // A span inside a macro may reach beyond the text, as the reference counts it.
                int end = Math.min(span.end(), text.length());
                int begin = text.codePointCount(0, Math.min(span.begin(), text.length()));
                int length = text.codePointCount(Math.min(span.begin(), end), end) + span.end() - end;
                spans.add(begin + "-" + (begin + length));
            }
            return rendering.text() + spans;
        } catch (TemplateException e) {
            assertTrue(e.getMessage().startsWith("Chat template, line "), e.getMessage());
            return "refused";
        }
    }

    private static String expected(JsonNode golden) {
        if (golden.isObject()) {
            return "refused";
        }
        List<String> spans = new ArrayList<>();
        golden.get(1).forEach(span -> spans.add(span.get(0) + "-" + span.get(1)));
        return golden.get(0).textValue() + spans;
    }

    @Test
    void snippetsRenderAsInTransformers() throws IOException {
        String[] snippets =
                Files.readString(Golden.path(FOLDER + "snippets.txt")).split("\n=====\n");
        JsonNode golden = Golden.json(FOLDER + "snippets.json");
        assertEquals(golden.size(), snippets.length);
        Map<String, Object> variables = variables(INPUTS.get("snippets"));
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < snippets.length; i++) {
            String got = render(snippets[i], variables);
            String wanted = expected(golden.get(i));
            if (!got.equals(wanted)) {
                wrong.add("\n" + snippets[i] + "\n  wanted " + wanted + "\n  got    " + got);
            }
        }
        assertTrue(wrong.isEmpty(), wrong.size() + " of " + snippets.length + wrong);
    }

    @Test
    void chatTemplatesRenderAsInTransformers() throws IOException {
        JsonNode golden = Golden.json(FOLDER + "chats.json").get("chats");
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (Map.Entry<String, JsonNode> chat : golden.properties()) {
            String source = Files.readString(Golden.path(FOLDER + "chats/" + chat.getKey() + ".jinja"));
            for (Map.Entry<String, JsonNode> input : INPUTS.get("chats").properties()) {
                String got = render(source, variables(input.getValue()));
                String wanted = expected(chat.getValue().get(input.getKey()));
                count++;
                if (!got.equals(wanted)) {
                    wrong.add("\n" + chat.getKey() + " on " + input.getKey() + "\n  wanted " + wanted + "\n  got    "
                            + got);
                }
            }
        }
        assertTrue(count > 500, "renderings: " + count);
        assertTrue(wrong.isEmpty(), wrong.size() + " of " + count + wrong);
    }
}
