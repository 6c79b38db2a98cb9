package dev.finetune4j.data.template.derived;

import static dev.finetune4j.data.template.derived.Probe.ASSISTANT;
import static dev.finetune4j.data.template.derived.Probe.CONTENT;
import static dev.finetune4j.data.template.derived.Probe.NO_SYSTEM;
import static dev.finetune4j.data.template.derived.Probe.SYSTEM;
import static dev.finetune4j.data.template.derived.Probe.USER;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.TemplateKind;
import java.util.List;

/**
 * Reads a chat template as LLaMA-Factory does: texts are cut by the lengths of other texts. What a template writes once, such
 * as a beginning token that the tokenizer does not add by itself, ends up in every turn.
 */
final class CompatibleReading {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private CompatibleReading() {}

    /**
     * @param frame what the tokenizer puts around an empty text
     * @throws TemplateException if the template refuses a system text alone, or another probe
     */
    static Parts read(Probe probe, String frame) {
        String alone = probe.text("a system text alone", List.of(SYSTEM), false);
        String emptySystem = probe.text("an empty system text and a question", List.of(NO_SYSTEM, USER), true);
        String question = probe.text("a question", List.of(USER), true);
        String answered = probe.text("a question and its answer", List.of(USER, ASSISTANT), false);
        int skipped = frame.length();
        String system = from(alone, skipped);
        String user = from(question, skipped);
        String assistant = from(answered, skipped + user.length());
        TemplateKind kind = assistant.contains(OPEN) ? TemplateKind.REASONING : TemplateKind.PLAIN;
        assistant = withoutLineFeeds(assistant.replace(OPEN, "").replace(CLOSE, ""));
        String shorter = from(emptySystem, skipped);
        if (user.length() <= shorter.length()) {
            return new Parts(kind, frame, system, user, assistant, "");
        }
        String defaultSystem = inserted(shorter, user);
        int block = system.length() - (system.contains(CONTENT) ? CONTENT.length() - defaultSystem.length() : 0);
        return new Parts(kind, frame, system, from(user, block), assistant, defaultSystem);
    }

    private static String from(String text, int at) {
        return text.substring(Math.min(at, text.length()));
    }

    private static String withoutLineFeeds(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == '\n') {
            at++;
        }
        return text.substring(at);
    }

    /** What the longer text has in between, until the shorter one ends. */
    private static String inserted(String shorter, String longer) {
        StringBuilder difference = new StringBuilder();
        int i = 0;
        for (int j = 0; i < shorter.length() && j < longer.length(); j++) {
            if (shorter.charAt(i) == longer.charAt(j)) {
                i++;
            } else {
                difference.append(longer.charAt(j));
            }
        }
        return difference.toString();
    }
}
