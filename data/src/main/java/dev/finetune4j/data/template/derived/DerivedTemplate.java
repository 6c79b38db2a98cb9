package dev.finetune4j.data.template.derived;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.Pieces;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Slots;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateKind;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.template.Thinking;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;

/**
 * A template as data, read out of the tokenizer's own chat template: a few conversations whose texts are placeholders are
 * rendered, and what stands around the placeholders are the template's pieces. Tools are written in the default format.
 */
public final class DerivedTemplate {
    /** Name of every template that comes out. */
    public static final String NAME = "from the tokenizer";

    private static final String CONTENT = Slots.PLACEHOLDER;
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    private final ChatTemplate chat;
    private final String prefix;
    private final boolean likeLlamaFactory;

    private DerivedTemplate(ChatTemplate chat, String prefix, boolean likeLlamaFactory) {
        this.chat = chat;
        this.prefix = prefix;
        this.likeLlamaFactory = likeLlamaFactory;
    }

    /**
     * The tokenizer's chat template as data, with a run's wishes applied.
     *
     * @throws TemplateException if the chat template refuses one of the conversations that are needed to read it, or leaves
     *     a text out of them
     */
    public static Template of(Tokenizer tokenizer, TemplateOptions options) {
        ChatTemplate chat = ChatTemplate.of(tokenizer, options.date());
        String frame = tokenizer.decode(tokenizer.frame(), false);
        return new DerivedTemplate(chat, frame, options.likeLlamaFactory())
                .read()
                .with(options);
    }

    private static Map<String, Object> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    private Template read() {
        Map<String, Object> user = message("user", CONTENT);
        String alone = probe("a system text alone", List.of(message("system", CONTENT)), false);
        String emptySystem = probe("an empty system text and a question", List.of(message("system", ""), user), true);
        String question = probe("a question", List.of(user), true);
        String answered = probe("a question and its answer", List.of(user, message("assistant", CONTENT)), false);
        boolean written = likeLlamaFactory
                || List.of(alone, emptySystem, question, answered).stream().allMatch(text -> text.startsWith(prefix));
        // LLaMA-Factory takes the tokenizer's own frame off by its length, even where the template does not write it.
        int skipped = written ? prefix.length() : 0;
        String system = from(alone, skipped);
        String userSlot = from(question, skipped);
        String assistant = from(answered, skipped + userSlot.length());
        boolean reasons = assistant.contains(OPEN);
        assistant = withoutLineFeeds(assistant.replace(OPEN, "").replace(CLOSE, ""));
        String defaultSystem = "";
        String shorter = from(emptySystem, skipped);
        if (userSlot.length() > shorter.length()) {
            defaultSystem = inserted(shorter, userSlot);
            userSlot = from(
                    userSlot,
                    system.length() - (system.contains(CONTENT) ? CONTENT.length() - defaultSystem.length() : 0));
        }
        return template(
                reasons ? TemplateKind.REASONING : TemplateKind.PLAIN,
                pieces(written ? prefix : "", system, userSlot, assistant),
                defaultSystem);
    }

    private String probe(String what, List<Map<String, Object>> messages, boolean prompt) {
        try {
            return chat.render(messages, prompt, Map.of());
        } catch (TemplateException e) {
            throw new TemplateException(
                    "No template is set, and the one inside the tokenizer cannot be read: it does not render " + what
                            + ". Set template to the name that belongs to the model, or to \"empty\" to write messages"
                            + " without anything around them. What it says: " + e.getMessage(),
                    e);
        }
    }

    private static String from(String text, int at) {
        return text.substring(Math.max(0, Math.min(at, text.length())));
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

    private static Pieces pieces(String prefix, String system, String user, String assistant) {
        Slots question = slots("the user's message", user);
        Slots answer = slots("the answer", assistant);
        Slots before = prefix.isEmpty() ? Slots.NONE : new Slots(List.of(new Slot.Text(prefix)));
        return new Pieces(
                before,
                slots("the system text", system),
                question,
                answer,
                answer,
                question,
                null,
                "\n",
                new Thinking("<tool_call>", "</tool_call>"));
    }

    private static Slots slots(String what, String text) {
        if (!text.contains(CONTENT)) {
            throw new TemplateException(
                    "No template is set, and the one inside the tokenizer cannot be read: it leaves " + what
                            + " out of a plain conversation. Set template to the name that belongs to the model.");
        }
        return new Slots(List.of(new Slot.Text(text)));
    }

    private static Template template(TemplateKind kind, Pieces pieces, String defaultSystem) {
        return new Template(
                NAME,
                kind,
                pieces,
                defaultSystem,
                List.of(),
                new Thinking("<think>\n", "\n</think>\n\n"),
                "default",
                ToolStyle.today(),
                false,
                false,
                false,
                true,
                false,
                "base");
    }
}
