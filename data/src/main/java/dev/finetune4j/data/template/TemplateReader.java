package dev.finetune4j.data.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.tool.ToolStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One template from its YAML. A text is a piece of text, {@code {token: …}} a token by its exact spelling, {@code {special:
 * bos}} or {@code {special: eos}} the tokenizer's own. What is left out has the default that LLaMA-Factory's registration
 * gives it.
 */
final class TemplateReader {
    private static final Thinking THOUGHT = new Thinking("<think>\n", "\n</think>\n\n");
    private static final Thinking CALL = new Thinking("<tool_call>", "</tool_call>");
    private static final Slots CONTENT = new Slots(List.of(new Slot.Text(Slots.PLACEHOLDER)));
    private static final Slots CONTENT_AND_END = new Slots(List.of(new Slot.Text(Slots.PLACEHOLDER), Slot.Special.EOS));

    private final JsonNode node;
    private final String name;

    TemplateReader(JsonNode node) {
        this.node = node;
        this.name = node.path("name").asText();
    }

    Template read() {
        boolean efficientEos = node.path("efficient_eos").asBoolean(false);
        return new Template(
                name,
                TemplateKind.valueOf(node.path("kind").asText("plain").toUpperCase(Locale.ROOT)),
                pieces(efficientEos),
                node.path("default_system").asText(""),
                texts("stop_words"),
                words("thought_words", THOUGHT),
                node.path("tool_format").asText("default"),
                ToolStyle.today(),
                efficientEos,
                node.path("replace_eos").asBoolean(false),
                node.path("replace_jinja_template").asBoolean(false),
                true,
                false,
                node.path("media_plugin").asText("base"));
    }

    private Pieces pieces(boolean efficientEos) {
        Slots user = slots("user", CONTENT);
        Slots assistant = slots("assistant", efficientEos ? CONTENT : CONTENT_AND_END);
        Slots prefix = node.has("prefix") ? read("prefix") : Slots.NONE;
        if (prefix.hasPlaceholder()) {
            throw new TemplateException("Template \"" + name
                    + "\": the prefix stands before any message and must not hold " + Slots.PLACEHOLDER + ".");
        }
        return new Pieces(
                prefix,
                slots("system", CONTENT),
                user,
                assistant,
                slots("function", assistant),
                slots("observation", user),
                node.has("tools") ? slots("tools", CONTENT) : null,
                node.path("between_results").asText("\n"),
                words("tool_call_words", CALL));
    }

    private Slots slots(String key, Slots otherwise) {
        if (!node.has(key)) {
            return otherwise;
        }
        Slots slots = read(key);
        if (!slots.hasPlaceholder()) {
            throw new TemplateException("Template \"" + name + "\": \"" + key + "\" lacks " + Slots.PLACEHOLDER
                    + ", so the message would vanish.");
        }
        return slots;
    }

    private Slots read(String key) {
        List<Slot> slots = new ArrayList<>();
        for (JsonNode piece : node.path(key)) {
            if (piece.isTextual()) {
                slots.add(new Slot.Text(piece.textValue()));
            } else if (piece.has("token")) {
                slots.add(new Slot.Token(piece.get("token").asText()));
            } else {
                slots.add(Slot.Special.valueOf(piece.path("special").asText().toUpperCase(Locale.ROOT)));
            }
        }
        return new Slots(slots);
    }

    private List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        node.path(key).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private Thinking words(String key, Thinking otherwise) {
        List<String> pair = texts(key);
        return pair.isEmpty() ? otherwise : new Thinking(pair.get(0), pair.get(1));
    }
}
