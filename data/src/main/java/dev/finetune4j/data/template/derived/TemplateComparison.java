package dev.finetune4j.data.template.derived;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.PieceEncoder;
import dev.finetune4j.data.template.Renderer;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.Turn;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A template held against the chat template inside the model's tokenizer, over a few fixed conversations: what the model
 * would read in training against what it would read where it is served. P11.
 */
public final class TemplateComparison {
    /**
     * A conversation that both write differently.
     *
     * @param conversation what was asked
     * @param ours text that training would write
     * @param theirs text of the model's own template
     */
    public record Difference(String conversation, String ours, String theirs) {
        private static final int BEFORE = 30;
        private static final int AFTER = 50;

        /** The place where both part, a line for each side. */
        String shown() {
            if (ours.equals(theirs)) {
                return "  " + conversation + ": the same text, cut into other tokens";
            }
            int at = 0;
            while (at < Math.min(ours.length(), theirs.length()) && ours.charAt(at) == theirs.charAt(at)) {
                at++;
            }
            return "  " + conversation + ", from character " + (at + 1) + ":\n    - " + window(ours, at) + "\n    + "
                    + window(theirs, at);
        }

        private static String window(String text, int at) {
            int from = Math.max(0, at - BEFORE);
            int to = Math.min(text.length(), at + AFTER);
            String part = text.substring(from, to)
                    .replace("\\", "\\\\")
                    .replace("\n", "\\n")
                    .replace("\t", "\\t");
            return (from > 0 ? "…" : "") + part + (to < text.length() ? "…" : "⏎");
        }
    }

    private final Template template;
    private final Tokenizer fitted;
    private final ChatTemplate chat;

    private TemplateComparison(Template template, Tokenizer fitted, ChatTemplate chat) {
        this.template = template;
        this.fitted = fitted;
        this.chat = chat;
    }

    /**
     * The conversations of {@link SampleConversation} in which both differ. Those that the model's own template refuses, or
     * knows nothing of, are left out.
     *
     * @param original the model's tokenizer as it came, with a chat template
     * @param fitted the same as the template needs it
     * @throws TemplateException if the model's own template cannot be read at all
     */
    public static List<Difference> of(Template template, Tokenizer original, Tokenizer fitted) {
        ChatTemplate chat = ChatTemplate.of(original, template.toolStyle().date());
        TemplateComparison comparison = new TemplateComparison(template, fitted, chat);
        List<Difference> differences = new ArrayList<>();
        for (SampleConversation sample : SampleConversation.all()) {
            Difference difference = comparison.compare(sample);
            if (difference != null) {
                differences.add(difference);
            }
        }
        return differences;
    }

    /** Several differences as lines for people; {@code -} is training's side, {@code +} the model's own. */
    public static String text(String name, List<Difference> differences) {
        String advice = name.equals(DerivedTemplate.NAME)
                ? "It does more than pieces around messages can express; set template to the name that belongs to the"
                        + " model."
                : "Set template to the model's own, or leave it out to take the one inside the tokenizer.";
        StringBuilder out = new StringBuilder("Template \"" + name
                + "\" (-) and the chat template inside the model's tokenizer (+) write different text. A model that is"
                + " trained with one and served with the other answers worse. " + advice);
        differences.forEach(difference -> out.append('\n').append(difference.shown()));
        return out.toString();
    }

    private @Nullable Difference compare(SampleConversation sample) {
        String theirs = theirs(sample);
        if (theirs == null) {
            return null;
        }
        List<Slot> pieces;
        try {
            pieces = ours(sample);
        } catch (TemplateException e) {
            return new Difference(sample.name(), "(refused: " + e.getMessage() + ")", theirs);
        }
        String ours = text(pieces);
        if (!sample.prompt()) {
            // After the last answer one side may write an end token or a line feed more than the other.
            ours = withoutEnd(ours);
            theirs = withoutEnd(theirs);
        }
        if (template.kind().reasons() && withoutThoughts(ours).equals(withoutThoughts(theirs))) {
            return null;
        }
        if (!ours.equals(theirs)) {
            return new Difference(sample.name(), ours, theirs);
        }
        int[] ids = new PieceEncoder(template.name(), fitted).encode(pieces);
        boolean same = !sample.prompt() || Arrays.equals(ids, fitted.encode(theirs));
        return same ? null : new Difference(sample.name(), ours, theirs);
    }

    /** Training writes empty thoughts by rules of its own, and learns the words that open one. */
    private String withoutThoughts(String text) {
        String open = template.thinking().open().strip();
        String close = template.thinking().close().strip();
        String empty = Pattern.quote(open) + "\\s*" + Pattern.quote(close) + "\\n*";
        return text.replaceAll(empty, "").replaceAll(Pattern.quote(open) + "\\s*$", "");
    }

    private @Nullable String theirs(SampleConversation sample) {
        boolean unknown = !sample.tools().isEmpty() && !chat.mentions("tools");
        if (unknown || (sample.calls() && !chat.mentions("tool_calls"))) {
            return null;
        }
        Map<String, Object> more = new HashMap<>();
        if (template.enableThinking() != null) {
            more.put("enable_thinking", template.enableThinking());
        }
        if (!sample.tools().isEmpty()) {
            more.put("tools", sample.toolList());
        }
        try {
            return chat.render(sample.maps(), sample.prompt(), more);
        } catch (TemplateException e) {
            return null;
        }
    }

    private List<Slot> ours(SampleConversation sample) {
        Renderer renderer = new Renderer(template);
        if (sample.prompt()) {
            return renderer.lastTurn(sample.withEmptyAnswer(), sample.system(), sample.tools())
                    .prompt();
        }
        List<Slot> pieces = new ArrayList<>();
        for (Turn turn : renderer.turns(sample.messages(), sample.system(), sample.tools(), false)) {
            pieces.addAll(turn.prompt());
            pieces.addAll(turn.response());
        }
        return pieces;
    }

    private String text(List<Slot> pieces) {
        SpecialTokens special = fitted.specialTokens();
        StringBuilder text = new StringBuilder();
        for (Slot piece : pieces) {
            if (piece instanceof Slot.Text part) {
                text.append(part.text());
            } else if (piece instanceof Slot.Token token) {
                text.append(token.token());
            } else {
                String token = piece == Slot.Special.BOS ? special.bos() : special.eos();
                text.append(token == null ? "" : token);
            }
        }
        return text.toString();
    }

    private String withoutEnd(String text) {
        String eos = fitted.specialTokens().eos();
        String stripped = text.stripTrailing();
        return eos != null && stripped.endsWith(eos)
                ? stripped.substring(0, stripped.length() - eos.length()).stripTrailing()
                : stripped;
    }
}
