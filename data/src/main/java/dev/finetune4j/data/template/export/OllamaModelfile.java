package dev.finetune4j.data.template.export;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Slots;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateKind;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A template as the Modelfile with which Ollama serves a model from its own folder. Covers system, user and assistant
 * messages; P1.
 */
public final class OllamaModelfile {
    private static final String QUOTES = "\"\"\"";

    private final Template template;
    private final SpecialTokens special;

    private OllamaModelfile(Template template, SpecialTokens special) {
        this.template = template;
        this.special = special;
    }

    /**
     * The whole file: the template, the default system text, a line for every token at which the model stops, and the
     * context length.
     *
     * @param tokenizer fitted to the template
     * @param context most tokens of a conversation; LLaMA-Factory writes 4096
     * @return empty where {@link #template} is
     * @throws UnsupportedException if the system text holds three double quotes, which the file cannot express
     */
    public static Optional<String> of(Template template, Tokenizer tokenizer, int context) {
        return template(template, tokenizer.specialTokens()).map(text -> {
            StringBuilder out =
                    new StringBuilder("# How Ollama serves this model: ollama create NAME -f Modelfile\n\n");
            out.append("FROM .\n\nTEMPLATE ").append(quoted(text)).append("\n\n");
            if (!template.defaultSystem().isEmpty()) {
                out.append("SYSTEM ").append(quoted(template.defaultSystem())).append("\n\n");
            }
            for (int id : template.stopIds(tokenizer)) {
                out.append("PARAMETER stop \"").append(tokenizer.token(id)).append("\"\n");
            }
            return out.append("PARAMETER num_ctx ").append(context).append('\n').toString();
        });
    }

    /**
     * The template alone, in the syntax of Go's templates.
     *
     * @param special the tokenizer's beginning and end tokens, which stand in the text
     * @return empty where the template names tokens that such a text cannot express
     */
    public static Optional<String> template(Template template, SpecialTokens special) {
        for (Slots slots : List.of(
                template.pieces().prefix(),
                template.pieces().system(),
                template.pieces().user(),
                template.pieces().assistant())) {
            if (slots.slots().stream().anyMatch(Slot.Token.class::isInstance)) {
                return Optional.empty();
            }
        }
        return Optional.of(new OllamaModelfile(template, special).write());
    }

    private String write() {
        String system = text(template.pieces().system(), ".System");
        String user = text(template.pieces().user(), ".Content");
        String assistant = text(template.pieces().assistant(), ".Content");
        String prefix = text(template.pieces().prefix(), "");
        boolean inside =
                template.kind() == TemplateKind.LLAMA2 && !template.toolStyle().likeLlamaFactory();
        return inside
                // The system text belongs into the first user message; LLaMA-Factory puts it in front of that.
                ? prefix + "{{ $first := true }}" + loop(insideUser(), assistant)
                : prefix + "{{ if .System }}" + system + "{{ end }}" + loop(user, assistant);
    }

    private static String loop(String user, String assistant) {
        return "{{ range .Messages }}{{ if eq .Role \"user\" }}" + user + "{{ else if eq .Role \"assistant\" }}"
                + assistant + "{{ end }}{{ end }}";
    }

    private String insideUser() {
        String system = text(template.pieces().system(), "$.System");
        String content = "{{ if and $first $.System }}" + system + "{{ end }}{{ $first = false }}{{ .Content }}";
        return text(template.pieces().user(), null).replace(Slots.PLACEHOLDER, content);
    }

    /** @param variable what the placeholder becomes; null leaves it */
    private String text(Slots slots, @Nullable String variable) {
        StringBuilder out = new StringBuilder();
        for (Slot slot : slots.slots()) {
            if (slot instanceof Slot.Text text) {
                String filled = variable == null ? Slots.PLACEHOLDER : "{{ " + variable + " }}";
                out.append(text.text().replace(Slots.PLACEHOLDER, filled));
            } else {
                String token = slot == Slot.Special.BOS ? special.bos() : special.eos();
                out.append(token == null ? "" : token);
            }
        }
        return out.toString();
    }

    private static String quoted(String text) {
        if (text.contains(QUOTES)) {
            throw new UnsupportedException(
                    "A Modelfile puts texts between three double quotes, and the system text holds" + " them: " + text
                            + ". Change default_system.");
        }
        return QUOTES + text + QUOTES;
    }
}
