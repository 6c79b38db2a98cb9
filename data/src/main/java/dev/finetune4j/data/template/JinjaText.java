package dev.finetune4j.data.template;

import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A template as a Jinja chat template, for programs that load the saved tokenizer. Covers system, user and assistant
 * messages; the prompt for the answer is part of the user message, so that there is no generation switch.
 */
final class JinjaText {
    private final Tokenizer tokenizer;

    private JinjaText(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Empty where the template names tokens that Jinja text cannot express. */
    static Optional<String> of(Template template, Tokenizer tokenizer) {
        Pieces pieces = template.pieces();
        for (Slots slots : List.of(pieces.prefix(), pieces.system(), pieces.user(), pieces.assistant())) {
            if (slots.slots().stream().anyMatch(Slot.Token.class::isInstance)) {
                return Optional.empty();
            }
        }
        return Optional.of(new JinjaText(tokenizer).write(template));
    }

    private String write(Template template) {
        Pieces pieces = template.pieces();
        StringBuilder out = new StringBuilder();
        String prefix = expression(pieces.prefix(), "content");
        if (!prefix.isEmpty()) {
            out.append("{{ ").append(prefix).append(" }}");
        }
        if (!template.defaultSystem().isEmpty()) {
            out.append("{% set system_message = '")
                    .append(escape(template.defaultSystem()))
                    .append("' %}");
        }
        out.append("{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}")
                .append("{% set system_message = messages[0]['content'] %}")
                .append("{% else %}{% set loop_messages = messages %}{% endif %}");
        String system = expression(pieces.system(), "system_message");
        boolean inside = template.kind() == TemplateKind.LLAMA2;
        if (!inside) {
            out.append("{% if system_message is defined %}{{ ").append(system).append(" }}{% endif %}");
        }
        out.append("{% for message in loop_messages %}");
        if (inside) {
            out.append("{% if loop.index0 == 0 and system_message is defined %}{% set content = ")
                    .append(system)
                    .append(" + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}");
        } else {
            out.append("{% set content = message['content'] %}");
        }
        return out.append("{% if message['role'] == 'user' %}{{ ")
                .append(expression(pieces.user(), "content"))
                .append(" }}{% elif message['role'] == 'assistant' %}{{ ")
                .append(expression(pieces.assistant(), "content"))
                .append(" }}{% endif %}{% endfor %}")
                .toString();
    }

    private String expression(Slots slots, String variable) {
        List<String> parts = new ArrayList<>();
        for (Slot slot : slots.slots()) {
            if (slot instanceof Slot.Text text) {
                textParts(text.text(), variable, parts);
            } else {
                String token = slot == Slot.Special.BOS
                        ? tokenizer.specialTokens().bos()
                        : tokenizer.specialTokens().eos();
                // The literal, not the variable: programs may later replace the tokenizer's end token.
                quote(token, parts);
            }
        }
        return String.join(" + ", parts);
    }

    private static void textParts(String text, String variable, List<String> parts) {
        int at = text.indexOf(Slots.PLACEHOLDER);
        if (at < 0) {
            quote(text, parts);
            return;
        }
        quote(text.substring(0, at), parts);
        parts.add(variable);
        quote(text.substring(at + Slots.PLACEHOLDER.length()), parts);
    }

    private static void quote(@Nullable String text, List<String> parts) {
        if (text != null && !text.isEmpty()) {
            parts.add("'" + escape(text) + "'");
        }
    }

    private static String escape(String text) {
        return text.replace("'", "\\'");
    }
}
