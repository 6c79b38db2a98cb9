package dev.finetune4j.data.reference;

import dev.finetune4j.data.template.Pieces;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Slots;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateCatalog;
import dev.finetune4j.data.template.Thinking;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The page {@code docs/reference/templates.md}. */
final class TemplatePage {
    private static final String INTRO = """
            # Templates

            <!-- Made from the templates themselves by TemplateReferenceTest; do not edit. -->

            `template` takes one of these %d names. What they are for: [Templates](../guides/templates.md).

            A piece is what stands around one kind of message; `{{content}}` is the message. `⟨bos⟩` and `⟨eos⟩` are the
            tokenizer's own beginning and end token, `⟨word⟩` is that token of the vocabulary, `\\n` a line feed. Where there is
            no line for it, there is no prefix, calls stand in the piece of answers and results in that of questions; several
            results are parted by a line feed, there is no system text of its own and no stop word.

            | kind | beyond putting pieces around messages |
            |---|---|
            | plain | nothing |
            | llama2 | the system text stands inside the first question |
            | reasoning | answers without a thought get an empty one, by `enable_thinking` |
            | reasoning_glm47 | as reasoning, but an empty thought is only its closing words |
            | moss_vl | as plain, but tools without a system text lose their leading line feeds |

            | name | family | kind | tool format | media | end |
            |---|---|---|---|---|---|
            """;

    private static final Thinking USUAL = new Thinking("<think>\n", "\n</think>\n\n");
    private static final Thinking USUAL_CALL = new Thinking("<tool_call>", "</tool_call>");

    private final StringBuilder page = new StringBuilder();

    /** @param families the family of each template, by its name */
    String text(Map<String, String> families) {
        page.append(String.format(Locale.ROOT, INTRO, families.size()));
        families.forEach(this::row);
        Map<String, List<String>> byFamily = new TreeMap<>();
        families.forEach((name, family) ->
                byFamily.computeIfAbsent(family, key -> new ArrayList<>()).add(name));
        byFamily.forEach((family, names) -> {
            page.append("\n## Family ").append(family).append('\n');
            names.forEach(name -> section(TemplateCatalog.named(name)));
        });
        return page.toString();
    }

    private void row(String name, String family) {
        Template template = TemplateCatalog.named(name);
        page.append("| [")
                .append(name)
                .append("](#")
                .append(name.replace(".", ""))
                .append(") | ");
        page.append(family).append(" | ").append(kind(template)).append(" | ");
        page.append(template.toolFormat()).append(" | ").append(template.mediaPlugin());
        page.append(" | ").append(end(template)).append(" |\n");
    }

    /** How an answer ends, as a user would ask. */
    private static String end(Template template) {
        if (template.efficientEos()) {
            return "the next turn's first token";
        }
        return template.replaceEos()
                ? cell(template.stopWords().get(0)) + " becomes the end token"
                : "as the piece says";
    }

    private static String kind(Template template) {
        return template.kind().name().toLowerCase(Locale.ROOT);
    }

    private void section(Template template) {
        page.append("\n### ").append(template.name()).append("\n\n```text\n");
        Pieces pieces = template.pieces();
        if (!pieces.prefix().slots().isEmpty()) {
            piece("prefix", pieces.prefix());
        }
        piece("system", pieces.system());
        piece("user", pieces.user());
        piece("assistant", pieces.assistant());
        if (!pieces.function().equals(pieces.assistant())) {
            piece("calls", pieces.function());
        }
        if (!pieces.observation().equals(pieces.user())) {
            piece("result", pieces.observation());
        }
        if (pieces.tools() != null) {
            piece("tools", pieces.tools());
        }
        words(template);
        page.append("```\n");
    }

    /** What a template has beside its pieces. */
    private void words(Template template) {
        if (!template.pieces().betweenResults().equals("\n")) {
            line("results", "between several: " + escaped(template.pieces().betweenResults()));
        }
        if (!template.defaultSystem().isEmpty()) {
            line("default", escaped(template.defaultSystem()));
        }
        if (!template.stopWords().isEmpty()) {
            line("stop", escaped(String.join(" ", template.stopWords())));
        }
        Thinking thinking = template.thinking();
        if (template.kind().reasons() || !thinking.equals(USUAL)) {
            line("thought", escaped(thinking.open()) + "…" + escaped(thinking.close()));
        }
        if (!template.pieces().callWords().equals(USUAL_CALL)) {
            Thinking call = template.pieces().callWords();
            line("call", escaped(call.open()) + "…" + escaped(call.close()));
        }
        if (template.replaceJinja()) {
            line("saved", "in place of the chat template inside the tokenizer");
        }
    }

    private void piece(String name, Slots slots) {
        StringBuilder text = new StringBuilder();
        slots.slots().forEach(slot -> text.append(shown(slot)));
        line(name, text.toString());
    }

    private void line(String name, String text) {
        page.append(String.format(Locale.ROOT, "%-10s ", name)).append(text).append('\n');
    }

    private static String shown(Slot slot) {
        if (slot instanceof Slot.Text text) {
            return escaped(text.text());
        }
        return slot instanceof Slot.Token token
                ? "⟨" + token.token() + "⟩"
                : "⟨" + slot.toString().toLowerCase(Locale.ROOT) + "⟩";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
    }

    /** For a table, in which a bar would end the cell. */
    private static String cell(String text) {
        return "`" + escaped(text).replace("|", "\\|") + "`";
    }
}
